import type { Output } from './output.ts';

/** Columns of the bar itself. */
const barWidth = 24;

/** How far a run has come: one line that is written over on a terminal, a line for each part elsewhere. */
export class Progress {
  readonly #output: Output;
  readonly #total: number;
  #done = 0;
  #part = '';
  #isDrawn = false;

  /** @param total how many steps there are, where `begin` and `end` count them */
  constructor(output: Output, total = 0) {
    this.#output = output;
    this.#total = total;
  }

  /** @param part what `step` belongs to */
  begin(part: string, step: string): void {
    const count = `${this.#done}/${this.#total}`;
    if (this.#output.isTerminal)
      this.draw(`${count} ${part}: ${step}`, this.#done / Math.max(1, this.#total));
    else if (part !== this.#part) this.#output.line(`[${count}] ${part}`);
    this.#part = part;
  }

  end(): void {
    this.#done += 1;
  }

  /**
   * Draws the line; nothing where the output is no terminal.
   * @param part from 0 to 1, where that is known
   */
  draw(text: string, part?: number): void {
    this.#isDrawn = true;
    const filled = '█'.repeat(Math.floor(Math.min(1, part ?? 0) * barWidth));
    this.#output.draw(part === undefined ? text : `${filled.padEnd(barWidth, '░')} ${text}`);
  }

  /** Writes a line of its own. */
  line(text: string): void {
    this.clear();
    this.#output.line(text);
  }

  /** Leaves the terminal as if nothing had been drawn. */
  clear(): void {
    if (this.#isDrawn) this.#output.clearLine();
    this.#isDrawn = false;
  }
}
