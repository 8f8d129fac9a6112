import type { Sending } from '../../runtime/ipc/sending.ts';
import type { Output } from '../../runtime/outcome.ts';
import type { Trigger } from '../../runtime/trigger.ts';
import type { DeliveredChange } from './messages.ts';

/** Changes on their way to a worker: a store takes longer than a message does. */
const sentChanges: Sending<DeliveredChange> = {
  size: () => undefined,
  write() {
    throw new TypeError('a change is sent as a message');
  },
  message({ value, ...change }) {
    const copy = value?.slice();
    return { value: { ...change, value: copy }, transfer: copy === undefined ? [] : [copy.buffer] };
  },
};

/** Ends of calls on their way to the main thread, of which there is no more to say. */
export const sentEnds: Sending<Output, Output> = {
  size: () => 0,
  write: (_, at) => at,
  message: (output) => ({ value: output, transfer: [] }),
};

/** What changes in buckets that are watched, on the main thread; each is a `ChangeCall`. */
export const watchTrigger: Trigger<DeliveredChange> = {
  name: 'keyvalue-watch',
  calls: sentChanges,
  readOutput: (_ring, _at, id) => ({ id }),
};
