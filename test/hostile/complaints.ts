/** Words of an error of JavaScript, which no guest and no client should be able to cause. */
const symptoms =
  /(?:Type|Reference|Syntax|Range|Eval|Assertion)Error|is not a function|is not iterable|\(reading '|of undefined|of null|Invalid (?:typed )?array|ERR_[A-Z_]{3,}|node:internal|\.ts:\d+|broke down|Unhandled|uncaught|in the host:/i;
/** What a guest prints, and the request of which a line tells, may be anything. */
const ofOthers = /^\[improvise\] |^\S+ +\S*\/|^ {2}while it answered /;
/** Lines that belong to the one before. */
const continuation = /^ {2}/;
const longestLine = 20_000;
const longestComplaint = 2000;

/** Whether a text tells of an error in the host. */
export function isSymptom(text: string): boolean {
  return symptoms.test(text) && !ofOthers.test(text);
}

/** Finds in what the host prints what looks like a fault of its own. */
export class Complaints {
  readonly #found: string[] = [];
  #line = '';
  #block: string[] = [];

  read(text: string): void {
    const lines = (this.#line + text).split('\n');
    this.#line = (lines.pop() ?? '').slice(-longestLine);
    for (const line of lines) {
      if (!continuation.test(line)) this.#judge();
      this.#block.push(line);
    }
  }

  /** The first one that was not taken yet. */
  take(): string | undefined {
    return this.#found.shift();
  }

  #judge(): void {
    if (this.#block.some(isSymptom)) this.#found.push(this.#block.join('\n').slice(0, longestComplaint));
    this.#block = [];
  }
}
