import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { WorkerPeer } from '../../../runtime/interface.ts';
import { drainPort, receiveFrom } from '../../../runtime/ipc/drain-port.ts';
import type { MemoryChange } from '../backends/memory/in-memory-bucket.ts';
import type { ToWorker } from '../messages.ts';
import { MemoryFence } from './memory-fence.ts';

/** The in-memory buckets of a worker as the main thread sees them. */
export class WorkerBuckets {
  readonly fence = new MemoryFence();
  readonly #worker: WorkerPeer;
  readonly #changes = new MessageChannel();
  readonly #onChange: (change: MemoryChange) => void;

  /** @param onChange told of each change that the worker makes */
  constructor(worker: WorkerPeer, onChange: (change: MemoryChange) => void) {
    this.#worker = worker;
    this.#onChange = onChange;
    receiveFrom(this.#changes.port1, this.#noteChange);
    // Whoever waits for an answer keeps the process from ending.
    this.#changes.port1.unref();
  }

  /** What the worker tells its changes through; to be transferred. */
  get port(): MessagePort {
    return this.#changes.port2;
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
    drainPort(this.#changes.port1, this.#noteChange);
  }

  /** The worker has ended; what it had told before still counts. */
  close(): void {
    this.drain();
    this.#changes.port1.close();
  }

  readonly #noteChange = (change: MemoryChange): void => {
    this.#onChange(change);
    this.fence.noteChange();
  };
}
