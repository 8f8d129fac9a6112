import type { Output } from './output.ts';

/** Columns of the bar itself. */
const barWidth = 24;

/** How far a run has come: one line that is written over on a terminal, a line for each part elsewhere. */
export class Progress {
  readonly #output: Output;
  readonly #total: number;
  #done = 0;
  #part = '';

  constructor(output: Output, total: number) {
    this.#output = output;
    this.#total = total;
  }

  /** @param part what `step` belongs to */
  begin(part: string, step: string): void {
    if (this.#output.isTerminal) this.#draw(`${part}: ${step}`);
    else if (part !== this.#part) this.#output.line(`[${this.#done}/${this.#total}] ${part}`);
    this.#part = part;
  }

  end(): void {
    this.#done += 1;
  }

  /** Writes a line of its own. */
  line(text: string): void {
    this.clear();
    this.#output.line(text);
  }

  /** Leaves the terminal as if nothing had been drawn. */
  clear(): void {
    this.#output.clearLine();
  }

  #draw(text: string): void {
    const filled = Math.floor((this.#done / Math.max(1, this.#total)) * barWidth);
    const bar = '█'.repeat(filled).padEnd(barWidth, '░');
    this.#output.draw(`${bar} ${this.#done}/${this.#total} ${text}`);
  }
}
