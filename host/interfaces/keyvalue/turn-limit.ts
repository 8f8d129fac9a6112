/** How many results are handed on in one turn of the event loop. */
const most = 16;

/**
 * Hands results of stores on to guests, so many in each turn of the event loop. A store that is far away answers many
 * operations at once; if the guests all went on at once too, what they ask for next, and the requests that have come, would
 * go out after the last of them, and come back together again.
 */
export class TurnLimit {
  #passed = 0;
  readonly #waiting: (() => void)[] = [];
  #next: NodeJS.Immediate | undefined;

  /** Answers the value, or a promise of it when it has to wait for its turn. They are handed on in order. */
  pass<T>(value: T): T | Promise<T> {
    this.#next ??= setImmediate(this.#turn);
    if (this.#passed < most) {
      this.#passed += 1;
      return value;
    }
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(value));
    });
  }

  readonly #turn = (): void => {
    const now = this.#waiting.splice(0, most);
    this.#passed = now.length;
    this.#next = now.length > 0 ? setImmediate(this.#turn) : undefined;
    for (const resolve of now) resolve();
  };
}
