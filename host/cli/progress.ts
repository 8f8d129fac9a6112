import type { Writable } from 'node:stream';

/** Columns of the bar itself. */
const barWidth = 24;

/** How far a run has come: one line that is written over on a terminal, a line for each part elsewhere. */
export class Progress {
  readonly #stream: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly #total: number;
  #done = 0;
  #part = '';

  constructor(stream: Writable, total: number) {
    this.#stream = stream;
    this.#total = total;
  }

  /** @param part what `step` belongs to */
  begin(part: string, step: string): void {
    if (this.#stream.isTTY) this.#draw(`${part}: ${step}`);
    else if (part !== this.#part) this.#stream.write(`[${this.#done}/${this.#total}] ${part}\n`);
    this.#part = part;
  }

  end(): void {
    this.#done += 1;
  }

  /** Writes a line of its own. */
  line(text: string): void {
    this.clear();
    this.#stream.write(`${text}\n`);
  }

  /** Leaves the terminal as if nothing had been drawn. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[2K');
  }

  #draw(text: string): void {
    const filled = Math.floor((this.#done / Math.max(1, this.#total)) * barWidth);
    const bar = '█'.repeat(filled).padEnd(barWidth, '░');
    const line = `${bar} ${this.#done}/${this.#total} ${text}`;
    // A line that wraps can't be written over.
    this.#stream.write(`\r\x1b[2K${line.slice(0, (this.#stream.columns ?? 80) - 1)}`);
  }
}
