import type { WorkerPeer } from '../../../runtime/interface.ts';
import { Channel, type ChannelEnd, channelEnds } from '../../../runtime/ipc/channel.ts';
import type { MemoryChange } from '../backends/memory/in-memory-bucket.ts';
import type { ToWorker } from '../messages.ts';
import { ChangeReader } from './change-record.ts';
import { MemoryFence } from './memory-fence.ts';

/** The in-memory buckets of a worker as the main thread sees them. */
export class WorkerBuckets {
  readonly fence = new MemoryFence();
  /** What the worker tells its changes through; its port is to be transferred. */
  readonly changesEnd: ChannelEnd;
  readonly #worker: WorkerPeer;
  readonly #changes: Channel<never, MemoryChange, MemoryChange>;
  readonly #onChange: (change: MemoryChange) => void;

  /** @param onChange told of each change that the worker makes */
  constructor(worker: WorkerPeer, onChange: (change: MemoryChange) => void) {
    this.#worker = worker;
    this.#onChange = onChange;
    const [ours, theirs] = channelEnds();
    this.changesEnd = theirs;
    this.#changes = new Channel(ours);
    const reader = new ChangeReader();
    this.#changes.listen({
      read: (ring, at) => reader.read(ring, at),
      item: this.#noteChange,
      message: this.#noteChange,
    });
    // Whoever waits for an answer keeps the process from ending.
    this.#changes.unref();
  }

  post(message: ToWorker): void {
    this.#worker.post(message);
  }

  /** Receives what the worker has said up to now. */
  hear(): void {
    this.#worker.hear();
  }

  /** Takes the buckets from the worker, or keeps it from having any. Every change that it made has been told when this returns. */
  take(): void {
    this.fence.revoke();
    this.drain();
  }

  /** Receives the changes that the worker has told up to now. */
  drain(): void {
    this.#changes.takeAll();
  }

  /** Receives those that lie in shared memory, which costs next to nothing. */
  look(): void {
    this.#changes.takeRecords();
  }

  /** The worker has ended; what it had told before still counts. */
  close(): void {
    this.drain();
    this.#changes.close();
  }

  readonly #noteChange = (change: MemoryChange): undefined => {
    this.#onChange(change);
    this.fence.noteChange();
  };
}
