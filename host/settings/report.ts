import { HostError } from '../shared/host-error.ts';

/** So many problems and so many warnings are told; of the others how many they are. */
export const MOST_SHOWN = 50;

/** A sentence, or how to make it where it is told. */
export type Message = string | (() => string);

/** Gathers what is wrong with a configuration, so that the user sees all of it at once. */
export class Report {
  readonly #subject: string;
  readonly #problems = new Messages();
  readonly #warnings = new Messages();
  readonly #clues = new Messages();
  #isUsage = false;

  /** @param subject what has the problems, at the start of a sentence */
  constructor(subject = 'The configuration') {
    this.#subject = subject;
  }

  problem(message: Message): void {
    this.#problems.add(message);
  }

  /** A problem of what a command was called with: a flag, an argument or a variable. */
  usageProblem(message: Message): void {
    this.#isUsage = true;
    this.problem(message);
  }

  warn(message: Message): void {
    this.#warnings.add(message);
  }

  /** A warning that may explain a problem, such as a misspelt key, and so is told with the problems too. */
  clue(message: Message): void {
    this.warn(message);
    this.#clues.add(message);
  }

  get warnings(): readonly string[] {
    const { shown, left } = this.#warnings;
    return left === 0 ? shown : [...shown, `and ${left} more warnings.`];
  }

  /** @throws {HostError} where there are problems: `usage` if one is of the call, else `config` */
  throwProblems(): void {
    const { shown, left } = this.#problems;
    const [first, ...more] = shown;
    if (first === undefined) return;
    const list = shown.map((problem) => `  ${problem}`);
    if (left > 0) list.push(`  and ${left} more`);
    const count = shown.length + left;
    const lines = more.length === 0 ? [first] : [`${this.#subject} has ${count} problems:`, ...list];
    const clues = this.#clues.shown.map((clue) => `Warning: ${clue}`);
    if (this.#clues.left > 0) clues.push(`and ${this.#clues.left} more warnings.`);
    throw new HostError(this.#isUsage ? 'usage' : 'config', [...lines, ...clues].join('\n'));
  }
}

/** Different messages in the order in which they came, as many as are told. */
class Messages {
  readonly #shown = new Set<string>();
  #left = 0;

  get shown(): readonly string[] {
    return [...this.#shown];
  }

  get left(): number {
    return this.#left;
  }

  add(message: Message): void {
    if (this.#shown.size >= MOST_SHOWN) this.#left += 1;
    else this.#shown.add(typeof message === 'string' ? message : message());
  }
}

/** Writes a sentence's `a`, `a or b`, `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
