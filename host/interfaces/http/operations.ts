import { type Attribute, size, word } from '../../runtime/trace/attribute.ts';
import { describeOperations } from '../../runtime/trace/operation.ts';

/** Of the response. */
const status = { name: 'status', form: 'number', isDetail: false, text: String } as const;

/** Of the request as a span, where somebody traces; see `spanText`. */
const span = {
  name: 'span',
  form: 'text',
  isDetail: true,
  isHidden: true,
  text: String,
} as const satisfies Attribute;

/**
 * What a host records of the requests that a component sends: one operation, whatever the version of WASI calls it.
 */
export const httpOperations = describeOperations<'send'>(
  { interface: 'wasi:http', target: 'url', item: 'item' },
  { send: { effect: 'write', attributes: [word('method'), status, size('size'), span] } },
);
