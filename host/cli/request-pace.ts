import type { RequestReport } from '../front/request-report.ts';

/** How many requests in good order get a line within one second. */
const mostLines = 1000;
/** How many do that were refused because the component is busy: under overload they are many, and say the same. */
const mostBusy = 10;

/**
 * Keeps a server under load readable, and fast: beyond a number of lines in a second, requests in good order are
 * counted, and the count is printed when the second is over. Whatever went wrong gets its line unless nobody reads them.
 */
export class RequestPace {
  readonly #print: (line: string) => void;
  readonly #counts = new Map<number, number>();
  #lines = 0;
  #refusals = 0;
  #second: NodeJS.Timeout | undefined;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /**
   * Whether the request gets a line of its own; it is counted otherwise.
   *
   * @param isFull whether lines wait already because nobody reads them
   */
  admits({ status, failure, refused }: RequestReport, isFull = false): boolean {
    if (refused) return this.admitsRefusal(status, isFull);
    this.#begin();
    if (!isFull && (this.#lines < mostLines || status >= 500 || failure !== undefined)) {
      this.#lines += 1;
      return true;
    }
    return this.#count(status);
  }

  /** The same for a client that was refused before the component saw anything of it. */
  admitsRefusal(status: number, isFull = false): boolean {
    this.#begin();
    this.#refusals += 1;
    const most = status === 503 ? mostBusy : mostLines;
    return (!isFull && this.#refusals <= most) || this.#count(status);
  }

  #begin(): void {
    this.#second ??= setTimeout(() => this.end(), 1000).unref();
  }

  #count(status: number): false {
    this.#counts.set(status, (this.#counts.get(status) ?? 0) + 1);
    return false;
  }

  /** The second is over, or the server ends: prints what was counted. */
  end(): void {
    clearTimeout(this.#second);
    this.#second = undefined;
    this.#lines = 0;
    this.#refusals = 0;
    if (this.#counts.size === 0) return;
    const counts = [...this.#counts].map(([status, count]) => `${status} × ${count.toLocaleString('en-US')}`);
    this.#counts.clear();
    this.#print(`… and more in the same second: ${counts.join(', ')}`);
  }
}
