import type { Output } from './output.ts';

/** How often the line is drawn again, in milliseconds. */
const interval = 100;
const width = 24;

/** A line on a terminal that tells how far something is; nothing where the output is no terminal. */
export class EntryProgress {
  readonly #output: Output;
  readonly #what: string;
  readonly #started = performance.now();
  #drawn = 0;

  constructor(output: Output, what: string) {
    this.#output = output;
    this.#what = what;
  }

  /** @param part from 0 to 1, where that is known */
  update(count: number, part?: number): void {
    const now = performance.now();
    if (!this.#output.isTerminal || now - this.#drawn < interval) return;
    this.#drawn = now;
    const rate = Math.round(count / Math.max(0.001, (now - this.#started) / 1000));
    const done = Math.round(width * Math.min(1, part ?? 0));
    const bar = part === undefined ? '' : `[${'█'.repeat(done)}${'·'.repeat(width - done)}] `;
    this.#output.draw(
      `${this.#what} ${bar}${count.toLocaleString('en')} keys, ${rate.toLocaleString('en')}/s`,
    );
  }

  /** Clears the line. */
  end(): void {
    if (this.#drawn > 0) this.#output.clearLine();
  }
}
