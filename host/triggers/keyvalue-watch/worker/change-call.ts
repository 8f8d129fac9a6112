import { watchedBucket } from '../../../interfaces/keyvalue/watch/watched-bucket.ts';
import type { WatcherEntry } from '../../../runtime/ipc/protocol.ts';
import type { Outcome } from '../../../runtime/outcome.ts';
import type { Guest } from '../../../runtime/worker/guest.ts';
import type { CallLink, GuestCall } from '../../../runtime/worker/worker-trigger.ts';
import type { DeliveredChange } from '../messages.ts';
import { sentEnds } from '../trigger.ts';

/** A change in a worker: a call of `wasmcloud:keyvalue/watcher`. */
export class ChangeCall implements GuestCall {
  readonly id: number;
  readonly entry: number;
  readonly #change: DeliveredChange;
  readonly #watcher: WatcherEntry | undefined;
  readonly #link: CallLink;

  /** @param watcher undefined where the component was replaced by one that watches nothing */
  constructor(id: number, change: DeliveredChange, watcher: WatcherEntry | undefined, link: CallLink) {
    this.id = id;
    this.entry = (change.value === undefined ? watcher?.delete : watcher?.set) ?? 0;
    this.#change = change;
    this.#watcher = watcher;
    this.#link = link;
  }

  args(guest: Guest): readonly unknown[] {
    const { component, bucket, key, value } = this.#change;
    if (this.#watcher === undefined)
      throw new WebAssembly.RuntimeError(`${component} does not watch buckets any more`);
    const opened = watchedBucket(guest, bucket);
    return value === undefined ? [opened, key] : [opened, key, value];
  }

  ended(): void {}

  returned(_: unknown, over: () => void): void {
    over();
  }

  receive(): void {}

  abort(): void {}

  /** It has said that it is done. */
  exited(status: number): boolean {
    return status === 0;
  }

  conclude(outcome: Outcome): void {
    this.#link.output(sentEnds, { id: this.id, outcome });
  }
}
