import { type Output, splitLines } from '../terminal/output.ts';
import { TerminalText } from '../terminal/terminal-text.ts';

/**
 * Passes on what a command writes: byte by byte, or on a terminal as text whose colors pass and whose other control characters are
 * shown.
 */
export class RawOutput {
  readonly #target: Output;
  readonly #text = new TerminalText('colors');

  constructor(target: Output) {
    this.#target = target;
  }

  /** Answers what to wait for before more is written, where nobody reads as fast. */
  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#target.isTerminal) {
      const lines = splitLines(bytes);
      const rest = lines.pop() ?? new Uint8Array();
      const whole = lines.map((line) => `${this.#text.add(line)}${this.#text.end()}\n${this.#text.begin()}`);
      this.#target.passThrough(whole.join('') + this.#text.add(rest));
    } else this.#target.passThrough(bytes);
    return this.#target.ready();
  }

  /** The command has ended: what was held back is shown, and no color stays on. */
  end(): void {
    if (this.#target.isTerminal) this.#target.passThrough(this.#text.end());
  }
}
