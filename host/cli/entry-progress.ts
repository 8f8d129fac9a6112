import type { Writable } from 'node:stream';

/** How often the line is drawn again, in milliseconds. */
const interval = 100;
const width = 24;

/** A line on a terminal that tells how far something is; nothing where the output is no terminal. */
export class EntryProgress {
  readonly #output: Writable | undefined;
  readonly #what: string;
  readonly #started = performance.now();
  #drawn = 0;

  constructor(output: Writable, what: string) {
    this.#output = 'isTTY' in output && output.isTTY === true ? output : undefined;
    this.#what = what;
  }

  /** @param part from 0 to 1, where that is known */
  update(count: number, part?: number): void {
    const now = performance.now();
    if (this.#output === undefined || now - this.#drawn < interval) return;
    this.#drawn = now;
    const rate = Math.round(count / Math.max(0.001, (now - this.#started) / 1000));
    const done = Math.round(width * Math.min(1, part ?? 0));
    const bar = part === undefined ? '' : `[${'█'.repeat(done)}${'·'.repeat(width - done)}] `;
    const text = `${this.#what} ${bar}${count.toLocaleString('en')} keys, ${rate.toLocaleString('en')}/s`;
    this.#output.write(`\r${text}\u001b[K`);
  }

  /** Clears the line. */
  end(): void {
    if (this.#drawn > 0) this.#output?.write('\r\u001b[K');
  }
}
