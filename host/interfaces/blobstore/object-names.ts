/** How many names one call of a listing answers, whatever the guest asks for. */
const mostNames = 10_000;

/** `wasi:blobstore/container` stream-object-names. */
export class StreamObjectNames {
  readonly #pages: AsyncIterator<readonly string[], void>;
  readonly #answer: <T>(act: () => Promise<T>) => Promise<T>;
  #page: readonly string[] = [];
  #at = 0;
  #isOver = false;

  /** @param answer makes what fails an error of the guest's */
  constructor(
    pages: AsyncIterator<readonly string[], void>,
    answer: <T>(act: () => Promise<T>) => Promise<T>,
  ) {
    this.#pages = pages;
    this.#answer = answer;
  }

  readStreamObjectNames(length: bigint): Promise<[names: readonly string[], isLast: boolean]> {
    return this.#answer(() => this.#take(length < BigInt(mostNames) ? Number(length) : mostNames));
  }

  skipStreamObjectNames(count: bigint): Promise<[skipped: bigint, isLast: boolean]> {
    return this.#answer(async () => {
      let skipped = 0n;
      for (;;) {
        const rest = count - skipped;
        const [names, isLast] = await this.#take(rest < BigInt(mostNames) ? Number(rest) : mostNames);
        skipped += BigInt(names.length);
        if (isLast || skipped >= count) return [skipped, isLast];
      }
    });
  }

  async #take(most: number): Promise<[string[], boolean]> {
    const names: string[] = [];
    while (names.length < most && (await this.#more())) {
      const some = this.#page.slice(this.#at, this.#at + most - names.length);
      this.#at += some.length;
      names.push(...some);
    }
    // Looked at once more, so that whoever has read the last name knows it.
    return [names, !(await this.#more())];
  }

  /** Whether there is another name. */
  async #more(): Promise<boolean> {
    while (this.#at === this.#page.length && !this.#isOver) {
      const next = await this.#pages.next();
      this.#isOver = next.done === true;
      this.#page = next.value ?? [];
      this.#at = 0;
    }
    return this.#at < this.#page.length;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#page = [];
    this.#at = 0;
    void this.#pages.return?.();
  }
}
