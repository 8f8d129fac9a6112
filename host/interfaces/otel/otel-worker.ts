import type { WorkerContext } from '../../runtime/interface.ts';
import { type GuestSignal, mostOfOne, mostUntaken, sizeOfSignal } from './guest-signal.ts';
import type { FromOtelWorker, ToOtelWorker } from './messages.ts';

/** Passes on what the guests of a worker tell, as much as whoever sends it can take. */
export class OtelWorker {
  readonly #worker: Pick<WorkerContext, 'post'>;
  /** Whether anybody sends it. */
  readonly #isWanted: boolean;
  #untaken = 0;
  #dropped = 0;

  constructor(isWanted: boolean, worker: Pick<WorkerContext, 'post'>) {
    this.#isWanted = isWanted;
    this.#worker = worker;
  }

  /** Answers why it was left out; undefined where it was taken, or nobody wants any of it. */
  tell(signal: GuestSignal): string | undefined {
    if (!this.#isWanted) return undefined;
    // Before it is measured, which costs more than to leave it out.
    const most = mostOfOne[signal.type];
    const isFull = this.#untaken >= mostUntaken - most;
    const size = isFull ? 0 : sizeOfSignal(signal);
    if (size > most) {
      this.#dropped += 1;
      return `they are larger than ${most} bytes`;
    }
    if (isFull) {
      this.#dropped += 1;
      return 'more is told than can be sent';
    }
    this.#untaken += size;
    const message: FromOtelWorker = { signal, size, dropped: this.#dropped };
    this.#dropped = 0;
    this.#worker.post(message);
    return undefined;
  }

  receive({ taken }: ToOtelWorker): void {
    this.#untaken -= taken;
  }
}
