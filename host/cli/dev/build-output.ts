import { type Output, type StreamName, splitLines } from '../../terminal/output.ts';
import { TerminalText } from '../../terminal/terminal-text.ts';

/** Passes on what a build prints: on a terminal its colors, elsewhere every byte. */
export class BuildOutput {
  readonly #targets: Readonly<Record<StreamName, Output>>;
  readonly #texts = { stdout: compilerText(), stderr: compilerText() };
  /** Where the last line is not ended yet. */
  readonly #open = new Set<StreamName>();

  constructor(targets: Readonly<Record<StreamName, Output>>) {
    this.#targets = targets;
  }

  write(stream: StreamName, bytes: Uint8Array): void {
    const target = this.#targets[stream];
    if (!target.isTerminal) {
      target.bytes(bytes);
      return;
    }
    const text = this.#texts[stream];
    const parts = splitLines(bytes);
    const last = parts.pop() ?? new Uint8Array();
    const lines = parts.map((part) => `${text.add(part)}${text.end()}\n${text.begin()}`);
    target.passThrough(lines.join('') + text.add(last));
    if (last.length > 0) this.#open.add(stream);
    else if (parts.length > 0) this.#open.delete(stream);
  }

  /** The build has ended: what it left without an end does not color or continue what follows. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const target = this.#targets[stream];
      if (target.isTerminal)
        target.passThrough(this.#texts[stream].end() + (this.#open.has(stream) ? '\n' : ''));
      this.#texts[stream] = compilerText();
    }
    this.#open.clear();
  }
}

function compilerText(): TerminalText {
  return new TerminalText('colors of a compiler');
}
