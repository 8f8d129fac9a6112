import * as v from 'valibot';
import { storeErrorCases } from '../../interfaces/keyvalue/backends/backend.ts';
import { isOperationName, operationNames } from '../../interfaces/keyvalue/operations.ts';
import { flag, oneOf, STRING_EXPECTED, text, timer } from '../../settings/schema/schema-parts.ts';
import { messageFaults } from '../faults/message-fault-spec.ts';

const WHOLE = 'a whole number from 0 on';
const PAGE = 'a whole number above zero';
const PART = 'a number from 0 to 1';
const OPERATION = `one of ${[...operationNames, ...messageFaults.names].join(', ')}, or a list of them`;

const wholeNumber = (least: number, expected: string, description: string) =>
  v.nullish(
    v.pipe(v.number(expected), v.integer(expected), v.minValue(least, expected), v.description(description)),
  );

const operation = v.pipe(
  v.string(OPERATION),
  v.check((given) => isOperationName(given) || messageFaults.isName(given), OPERATION),
);

const errors = [...new Set([...storeErrorCases, ...messageFaults.errors])];

/** What goes wrong, and when; of several that match an operation, all happen. */
export const faultEntries = {
  op: v.nullish(
    v.pipe(
      v.union([operation, v.array(operation)], OPERATION),
      v.description('The operation or several, such as `get`. Default: every one but `open`.'),
    ),
  ),
  bucket: text('The identifier. Default: every one.'),
  key: text('The key; `/^a/` is a regular expression. Default: every one, and operations without a key.'),
  subject: text('The subject of a message that is published or requested. Default: every one.'),
  after: wholeNumber(0, WHOLE, 'How many such operations pass first. Default 0.'),
  times: wholeNumber(0, WHOLE, 'How often it happens. Default: for ever.'),
  probability: v.nullish(
    v.pipe(
      v.number(PART),
      v.minValue(0, PART),
      v.maxValue(1, PART),
      v.description('The part of the operations that it happens to, chosen by `seed`. Default 1.'),
    ),
  ),
  error: oneOf(errors, 'The error that the component gets; nothing is done.'),
  message: v.nullish(
    v.pipe(
      v.string(STRING_EXPECTED),
      v.description('The text of the error `other`. Default: one of the host.'),
    ),
  ),
  delay: timer('How much later the operation is made, such as `200ms`, in the time of the machine.'),
  drop: oneOf(['after-apply'], '`after-apply`: the store does it, and the component gets an error.'),
  stale: flag('`get` and `exists` answer what there was before the last write of another request.'),
  pageSize: wholeNumber(1, PAGE, 'Pages of `list-keys` have at most so many keys.'),
  partition: flag('The store can not be reached: opening fails, and everything else.'),
};

/** What of it says that something goes wrong. */
export const EFFECTS = ['error', 'delay', 'drop', 'stale', 'pageSize', 'partition'] as const;
