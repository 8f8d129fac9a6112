import type { PooledWorker } from './pooled-worker.ts';

/** The workers that get new requests. */
export class WorkerPool {
  #workers: readonly PooledWorker[] = [];

  get workers(): readonly PooledWorker[] {
    return this.#workers;
  }

  add(worker: PooledWorker): void {
    this.#workers = [...this.#workers, worker];
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
        worker.isReady === found.isReady ? worker.invocations.size < found.invocations.size : worker.isReady;
      if (isBetter) found = worker;
    }
    return found;
  }
}
