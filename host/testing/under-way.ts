import { holdProcess } from '../shared/process-hold.ts';
import type { RequestRecords } from './requests/request-records.ts';

/** What of a host is not over: calls from the moment at which they are made, and requests until their handlers have ended. */
export class UnderWay {
  readonly #requests: Pick<RequestRecords, 'isIdle' | 'allEnded'>;
  readonly #calls = new Set<Promise<void>>();

  constructor(requests: Pick<RequestRecords, 'isIdle' | 'allEnded'>) {
    this.#requests = requests;
  }

  get isIdle(): boolean {
    return this.#calls.size === 0 && this.#requests.isIdle;
  }

  /** Counts a call until it is over, and answers it. */
  add<T>(call: Promise<T>): Promise<T> {
    const over: Promise<void> = call.then(
      () => void this.#calls.delete(over),
      () => void this.#calls.delete(over),
    );
    this.#calls.add(over);
    return call;
  }

  /** Does something when all is over that is under way now. */
  after<T>(act: () => Promise<T>): Promise<T> {
    return this.add(this.isIdle ? act() : this.over().then(act));
  }

  /** Resolves when all is over that is under way now. */
  async over(): Promise<void> {
    using _ = holdProcess();
    // Of a request that is only on its way there is no record yet.
    await Promise.all(this.#calls);
    await this.#requests.allEnded();
  }

  /** The same, or after so many milliseconds. */
  async overWithin(patience: number): Promise<void> {
    if (this.isIdle) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, patience);
    await Promise.race([promise, this.over()]);
    clearTimeout(timer);
  }
}
