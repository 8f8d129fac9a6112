/** When the keys of a bucket end: some time after their last write, by the clock of the host. */
export class Expiry {
  /** Milliseconds that a key lives; undefined: for ever. */
  readonly ttl: number | undefined;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(ttl: number | undefined, now: () => number) {
    this.ttl = ttl;
    this.#now = now;
  }

  /** What was written up to then has ended, in milliseconds since 1970; -1 where nothing ends. */
  get cutoff(): number {
    return this.ttl === undefined ? -1 : this.#now() - this.ttl;
  }

  /** Whether a key that was written then, in milliseconds since 1970, has ended. */
  isOver(written: number): boolean {
    return this.ttl !== undefined && written <= this.#now() - this.ttl;
  }
}
