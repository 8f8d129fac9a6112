import { HostError } from '../host-error.ts';

/** Gathers what is wrong with a configuration, so that the user sees all of it at once. */
export class Report {
  readonly #subject: string;
  readonly #problems: string[] = [];
  readonly #warnings: string[] = [];
  readonly #clues: string[] = [];

  /** @param subject what has the problems, at the start of a sentence */
  constructor(subject = 'The configuration') {
    this.#subject = subject;
  }

  problem(message: string): void {
    if (!this.#problems.includes(message)) this.#problems.push(message);
  }

  warn(message: string): void {
    if (!this.#warnings.includes(message)) this.#warnings.push(message);
  }

  /** A warning that may explain a problem, such as a misspelt key, and so is told with the problems too. */
  clue(message: string): void {
    this.warn(message);
    this.#clues.push(`Warning: ${message}`);
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** @throws {HostError} `config`, where there are problems */
  throwProblems(): void {
    const [first, ...more] = this.#problems;
    if (first === undefined) return;
    const list = this.#problems.map((problem) => `  ${problem}`);
    const lines = more.length === 0 ? [first] : [`${this.#subject} has ${list.length} problems:`, ...list];
    throw new HostError('config', [...lines, ...this.#clues].join('\n'));
  }
}

/** Writes a sentence's `a`, `a or b`, `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
