import * as v from 'valibot';
import { duration, oneOf, text } from '../config/schema-parts.ts';

const WHOLE = 'a whole number from 0 on';

const countFromZero = (description: string) =>
  v.nullish(v.pipe(v.number(WHOLE), v.integer(WHOLE), v.minValue(0, WHOLE), v.description(description)));

/** What goes wrong, and when. */
export const faultEntries = {
  op: text('The operation, such as `get`, `set` or `increment`. Default: every one.'),
  bucket: text('The identifier. Default: every one.'),
  key: text('The key; `/^a/` for a regular expression. Default: every one.'),
  after: countFromZero('How many such operations pass first. Default 0.'),
  times: countFromZero('How often it happens. Default: for ever.'),
  error: oneOf(['other', 'access-denied', 'no-such-store'], 'The error that the component gets.'),
  delay: duration('How long the operation takes at least, such as `200ms`.'),
  drop: oneOf(['after-apply'], '`after-apply`: the store does it, and the component gets an error.'),
};
