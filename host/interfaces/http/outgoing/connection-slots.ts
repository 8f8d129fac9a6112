const taken = 0;
const wanted = 1;
const cells = 2;

/** Room for the two counts of `ConnectionSlots`. */
export function newCounts(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * cells);
}

/** A thread has ended: the connections that it had are closed. */
export function giveBack(host: SharedArrayBuffer, thread: SharedArrayBuffer): void {
  const all = new Int32Array(host);
  const own = new Int32Array(thread);
  for (let cell = 0; cell < cells; cell += 1) Atomics.sub(all, cell, Atomics.exchange(own, cell, 0));
  Atomics.notify(all, taken);
}

/** How many connections the threads of a host have together, of which there may be so many. */
export class ConnectionSlots {
  readonly #host: Int32Array;
  readonly #thread: Int32Array;
  readonly #most: number;
  #waiting: (() => void) | undefined;

  /**
   * @param host the counts of all threads
   * @param thread those of this one, so that others can give them back for it
   */
  constructor(host: SharedArrayBuffer, thread: SharedArrayBuffer, most: number) {
    this.#host = new Int32Array(host);
    this.#thread = new Int32Array(thread);
    this.#most = most;
  }

  /** Whether a thread waits for one. */
  get isWanted(): boolean {
    return Atomics.load(this.#host, wanted) > 0;
  }

  /** Takes one, where there is one. */
  take(): boolean {
    if (Atomics.add(this.#host, taken, 1) < this.#most) {
      Atomics.add(this.#thread, taken, 1);
      return true;
    }
    Atomics.sub(this.#host, taken, 1);
    return false;
  }

  give(): void {
    this.#add(taken, -1);
    Atomics.notify(this.#host, taken, 1);
  }

  /** Calls back when another thread may have given one back, until `stop`. */
  wait(freed: () => void): void {
    if (this.#waiting !== undefined) return;
    this.#waiting = freed;
    this.#add(wanted, 1);
    this.#watch();
  }

  stop(): void {
    if (this.#waiting === undefined) return;
    this.#waiting = undefined;
    this.#add(wanted, -1);
  }

  #watch(): void {
    // Looks again now and then: who waits as long as this may have missed something.
    const { value } = Atomics.waitAsync(this.#host, taken, Atomics.load(this.#host, taken), 200);
    Promise.resolve(value).then(() => {
      if (this.#waiting === undefined) return;
      this.#waiting();
      if (this.#waiting !== undefined) this.#watch();
    });
  }

  #add(cell: number, count: number): void {
    Atomics.add(this.#host, cell, count);
    Atomics.add(this.#thread, cell, count);
  }
}
