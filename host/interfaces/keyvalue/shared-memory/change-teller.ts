import { Channel, type ChannelEnd } from '../../../runtime/ipc/channel.ts';
import type { MemoryChange } from '../backends/memory/in-memory-bucket.ts';
import { ChangeWriter } from './change-record.ts';

/** So long the main thread may not look before it is woken, in milliseconds: it looks by itself with each answer of this thread. */
const patience = 1;

/** Tells the main thread of changes of the in-memory buckets of this one. A change is told when `tell` returns, whatever becomes of the thread. */
export class ChangeTeller {
  readonly #channel: Channel<MemoryChange, never, never>;
  readonly #writer: ChangeWriter;
  #waking: NodeJS.Timeout | undefined;

  constructor(end: ChannelEnd) {
    this.#channel = new Channel(end);
    this.#writer = new ChangeWriter(this.#channel.outgoing);
  }

  tell(change: MemoryChange): void {
    const end = this.#writer.write(change);
    if (end === undefined) {
      this.#channel.post([change]);
      return;
    }
    this.#channel.commitQuietly(end);
    this.#waking ??= setTimeout(this.#wake, patience);
  }

  readonly #wake = (): void => {
    this.#waking = undefined;
    this.#channel.wake();
  };
}
