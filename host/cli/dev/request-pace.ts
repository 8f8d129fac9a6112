import type { RequestReport } from '../../triggers/http/request-report.ts';

/** How many requests in good order get a line within one second. */
const mostLines = 1000;
/** How many do that were refused because the component is busy: under overload they are many, and say the same. */
const mostBusy = 10;

/**
 * Keeps a server under load readable, and fast: beyond a number of lines in a second, requests in good order are
 * counted, and the count is printed when the second is over. Whatever went wrong gets its line.
 */
export class RequestPace {
  readonly #tell: (counts: ReadonlyMap<number, number>) => void;
  #counts = new Map<number, number>();
  #lines = 0;
  #refusals = 0;
  #second: NodeJS.Timeout | undefined;

  /** @param tell told how many got no line, by their status, when the second is over */
  constructor(tell: (counts: ReadonlyMap<number, number>) => void) {
    this.#tell = tell;
  }

  /** Whether the request gets a line of its own; it is counted otherwise. */
  admits({ status, failure, refused }: Pick<RequestReport, 'status' | 'failure' | 'refused'>): boolean {
    if (refused) return this.admitsRefusal(status);
    this.#begin();
    if (this.#lines < mostLines || status >= 500 || failure !== undefined) {
      this.#lines += 1;
      return true;
    }
    return this.#count(status);
  }

  /** The same for a client that was refused before the component saw anything of it. */
  admitsRefusal(status: number): boolean {
    this.#begin();
    this.#refusals += 1;
    const most = status === 503 ? mostBusy : mostLines;
    return this.#refusals <= most || this.#count(status);
  }

  #begin(): void {
    this.#second ??= setTimeout(() => this.end(), 1000).unref();
  }

  #count(status: number): false {
    this.#counts.set(status, (this.#counts.get(status) ?? 0) + 1);
    return false;
  }

  /** The second is over, or the server ends: tells what was counted. */
  end(): void {
    clearTimeout(this.#second);
    this.#second = undefined;
    this.#lines = 0;
    this.#refusals = 0;
    if (this.#counts.size === 0) return;
    const counts = this.#counts;
    this.#counts = new Map();
    this.#tell(counts);
  }
}
