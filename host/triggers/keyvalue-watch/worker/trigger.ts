import { noteGuests } from '../../../interfaces/keyvalue/watch/watched-bucket.ts';
import type { WatcherEntry } from '../../../runtime/ipc/protocol.ts';
import type { CallLink, WorkerTrigger } from '../../../runtime/worker/worker-trigger.ts';
import type { DeliveredChange } from '../messages.ts';
import { ChangeCall } from './change-call.ts';

/** What changes in buckets that are watched, in a worker. */
export function watchTrigger(watchers: readonly WatcherEntry[]): WorkerTrigger {
  noteGuests();
  const entries = new Map(watchers.map((watcher) => [watcher.name, watcher]));
  return {
    name: 'keyvalue-watch',
    read() {
      throw new TypeError('a change came as a record');
    },
    take(value, id: number, link: CallLink) {
      const change = value as DeliveredChange;
      return new ChangeCall(id, change, entries.get(change.component), link);
    },
  };
}
