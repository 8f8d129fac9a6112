import type { Output } from '../../../terminal/output.ts';
import { Progress } from '../../../terminal/progress.ts';

/** How often the line is drawn again, in milliseconds. */
const interval = 100;

/** How many keys a command has come to, and how fast it goes. */
export class EntryProgress implements Disposable {
  readonly #progress: Progress;
  readonly #what: string;
  readonly #started = performance.now();
  #drawn = 0;

  /** @param what the command does: `copying` */
  constructor(output: Output, what: string) {
    this.#progress = new Progress(output);
    this.#what = what;
  }

  /** @param part from 0 to 1, where that is known */
  update(count: number, part?: number): void {
    const now = performance.now();
    if (now - this.#drawn < interval) return;
    this.#drawn = now;
    const rate = Math.round(count / Math.max(0.001, (now - this.#started) / 1000));
    const text = `${this.#what} ${count.toLocaleString('en')} keys, ${rate.toLocaleString('en')}/s`;
    this.#progress.draw(text, part);
  }

  /** Leaves the terminal as if nothing had been drawn. */
  [Symbol.dispose](): void {
    this.#progress.clear();
  }
}
