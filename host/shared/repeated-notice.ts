/** How often it is said at most, in milliseconds. */
const pause = 5000;

/** Says something that happens often, now and then, with how often it has happened since. */
export class RepeatedNotice {
  readonly #say: (count: number) => void;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(say: (count: number) => void) {
    this.#say = say;
  }

  again(): void {
    this.#count += 1;
    if (this.#timer !== undefined) return;
    // What happens in the same turn is said together.
    this.#timer = setTimeout(() => this.#tell(), 0).unref();
  }

  #tell(): void {
    const count = this.#count;
    this.#count = 0;
    this.#timer = undefined;
    if (count === 0) return;
    this.#say(count);
    this.#timer = setTimeout(() => this.#tell(), pause).unref();
  }
}
