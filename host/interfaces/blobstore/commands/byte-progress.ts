import type { Output } from '../../../terminal/output.ts';
import { Progress } from '../../../terminal/progress.ts';

/** How often the line is drawn again, in milliseconds. */
const interval = 100;
const mebibyte = 1024 * 1024;

/** How many bytes a command has come to, and how fast it goes. */
export class ByteProgress implements Disposable {
  readonly #progress: Progress;
  readonly #what: string;
  readonly #total: number | undefined;
  readonly #started = performance.now();
  #count = 0;
  #drawn = performance.now();

  /**
   * @param what the command does: `writing`
   * @param total bytes in all, where that is known
   */
  constructor(output: Output, what: string, total: number | undefined) {
    this.#progress = new Progress(output);
    this.#what = what;
    this.#total = total;
  }

  add(bytes: number): void {
    this.#count += bytes;
    const now = performance.now();
    if (now - this.#drawn < interval) return;
    this.#drawn = now;
    const done = this.#count / mebibyte;
    const rate = done / Math.max(0.001, (now - this.#started) / 1000);
    const text = `${this.#what} ${done.toFixed(1)} MiB, ${rate.toFixed(1)} MiB/s`;
    this.#progress.draw(text, this.#total === undefined ? undefined : this.#count / Math.max(1, this.#total));
  }

  /** Leaves the terminal as if nothing had been drawn. */
  [Symbol.dispose](): void {
    this.#progress.clear();
  }
}
