import { type Position, rememberPosition } from '../../interfaces/keyvalue/cursor-table.ts';
import type { PooledWorker } from './pooled-worker.ts';

/** The workers that get new requests. All of them know the positions of listings that any of them gave out. */
export class WorkerPool {
  #workers: readonly PooledWorker[] = [];
  readonly #positions = new Map<bigint, Position>();

  get workers(): readonly PooledWorker[] {
    return this.#workers;
  }

  add(worker: PooledWorker): void {
    this.#workers = [...this.#workers, worker];
    if (this.#positions.size > 0) {
      worker.thread.post({ type: 'positions', positions: [...this.#positions.values()] });
    }
  }

  delete(worker: PooledWorker): void {
    this.#workers = this.#workers.filter((one) => one !== worker);
  }

  /** The worker with the fewest requests, one that is ready if there is any. */
  get leastBusy(): PooledWorker | undefined {
    let found = this.#workers[0];
    if (found === undefined || this.#workers.length === 1) return found;
    for (const worker of this.#workers) {
      const isBetter =
        worker.isReady === found.isReady ? worker.exchanges.size < found.exchanges.size : worker.isReady;
      if (isBetter) found = worker;
    }
    return found;
  }

  /** A worker gave out a position: the others are told before a client can come back with it. */
  share(from: PooledWorker, position: Position): void {
    rememberPosition(this.#positions, position);
    for (const worker of this.#workers) {
      if (worker !== from) worker.thread.post({ type: 'positions', positions: [position] });
    }
  }
}
