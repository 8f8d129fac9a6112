/** When a key ends, in milliseconds since 1970. */
interface End {
  readonly key: string;
  readonly time: number;
}

/** So many ends that count no more are kept before they are thrown away together. */
const mostStale = 64;

/** The ends of the keys of a bucket that have one of their own, the first of them at hand. */
export class KeyEnds {
  readonly #times = new Map<string, number>();
  /** A heap by time. An end that its key no longer has stays until it is met, or until they are many. */
  #heap: End[] = [];

  get(key: string): number | undefined {
    return this.#times.get(key);
  }

  set(key: string, time: number): void {
    if (this.#times.get(key) === time) return;
    this.#times.set(key, time);
    if (this.#heap.length >= 2 * this.#times.size + mostStale) this.#renew();
    else this.#push({ key, time });
  }

  delete(key: string): void {
    this.#times.delete(key);
    if (this.#times.size === 0) this.#heap = [];
  }

  /** Of the keys that have ended up to a moment, the one that did so first; it stays until it is deleted. */
  endedBy(now: number): string | undefined {
    for (let first = this.#heap[0]; first !== undefined && first.time <= now; first = this.#heap[0]) {
      if (this.#times.get(first.key) === first.time) return first.key;
      this.#pop();
    }
    return undefined;
  }

  #renew(): void {
    this.#heap = [...this.#times].map(([key, time]) => ({ key, time })).sort((a, b) => a.time - b.time);
  }

  #push(end: End): void {
    let at = this.#heap.push(end) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent] as End;
      if (above.time <= end.time) break;
      this.#heap[at] = above;
      at = parent;
    }
    this.#heap[at] = end;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const [left, right] = [this.#heap[child], this.#heap[child + 1]];
      if (left === undefined) break;
      if (right !== undefined && right.time < left.time) child += 1;
      const below = this.#heap[child] as End;
      if (last.time <= below.time) break;
      this.#heap[at] = below;
      at = child;
    }
    this.#heap[at] = last;
  }
}
