/** Something that was sent, whose answer is awaited. */
export interface Awaited {
  readonly deadline: number;
  /** The answer is too late. */
  readonly late: () => void;
  isOver: boolean;
}

/** Sees to it that answers come in time, by one timer for all of them: answers come mostly in the order of what was sent. */
export class AnswerTimes {
  readonly #milliseconds: number;
  /** In the order of their deadlines. Those before `#first` are gone. */
  #awaited: Awaited[] = [];
  #first = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param milliseconds how long an answer may take */
  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** From now on an answer is awaited. @param late called when it has not come in time */
  begin(late: () => void): Awaited {
    const awaited = { deadline: performance.now() + this.#milliseconds, late, isOver: false };
    this.#awaited.push(awaited);
    // What the answer comes by holds the process.
    this.#timer ??= setTimeout(this.#look, this.#milliseconds).unref();
    return awaited;
  }

  /** The answer is there. */
  end(awaited: Awaited): void {
    awaited.isOver = true;
    this.#forget();
  }

  /** Nothing is awaited any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#awaited = [];
    this.#first = 0;
  }

  #forget(): void {
    while (this.#awaited[this.#first]?.isOver === true) this.#first += 1;
    // Moving what is left costs less than it has cost to fill that much.
    if (this.#first < 64 || this.#first * 2 < this.#awaited.length) return;
    this.#awaited = this.#awaited.slice(this.#first);
    this.#first = 0;
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    const now = performance.now();
    for (let at = this.#first; at < this.#awaited.length; at += 1) {
      const awaited = this.#awaited[at];
      if (awaited === undefined || awaited.isOver) continue;
      if (awaited.deadline > now) {
        this.#timer = setTimeout(this.#look, awaited.deadline - now).unref();
        break;
      }
      awaited.isOver = true;
      awaited.late();
    }
    this.#forget();
  };
}
