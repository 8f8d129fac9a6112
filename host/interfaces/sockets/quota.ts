const directions = { outbound: 0, inbound: 1 } as const;

/** Which way a connection to or from outside was opened. */
export type Direction = keyof typeof directions;

/** How many connections to and from outside all workers of a workload may have. Each worker counts its own, too, for when it ends. */
export class Quota {
  readonly #totals: Int32Array;
  readonly #own: Int32Array;
  readonly #most: Readonly<Record<Direction, number>>;

  constructor(totals: SharedArrayBuffer, own: SharedArrayBuffer, most: Readonly<Record<Direction, number>>) {
    this.#totals = new Int32Array(totals);
    this.#own = new Int32Array(own);
    this.#most = most;
  }

  /** Counts one more; answers how it is given back, or undefined where there are as many as may be. */
  take(direction: Direction): (() => void) | undefined {
    const at = directions[direction];
    if (Atomics.add(this.#totals, at, 1) >= this.#most[direction]) {
      Atomics.sub(this.#totals, at, 1);
      return undefined;
    }
    Atomics.add(this.#own, at, 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      Atomics.sub(this.#own, at, 1);
      Atomics.sub(this.#totals, at, 1);
    };
  }
}

/** What the counts of a `Quota` take. */
export function quotaBuffer(): SharedArrayBuffer {
  return new SharedArrayBuffer(Object.keys(directions).length * Int32Array.BYTES_PER_ELEMENT);
}

/** A worker has ended: what it had counts no more. */
export function giveBackAll(totals: SharedArrayBuffer, own: SharedArrayBuffer): void {
  const counted = new Int32Array(own);
  for (const at of Object.values(directions))
    Atomics.sub(new Int32Array(totals), at, Atomics.exchange(counted, at, 0));
}
