/** How many ids in a row have places of their own. */
const places = 1024;
const none = -1;

/**
 * The requests that are under way, by their ids, which count up from 1.
 *
 * A `Map` that is written for every request is rebuilt again and again, and each table that it leaves behind refers
 * to the next one. Once one of them is in the old generation, all later ones outlive their time, with the requests
 * that they held, and the garbage collector copies every request twice. Places that are used again have no such chain.
 */
export class RequestTable<T> {
  readonly #ids = new Array<number>(places).fill(none);
  readonly #values = new Array<T | undefined>(places).fill(undefined);
  /** Requests whose places are taken by others: where some have been under way for a thousand others. */
  readonly #others = new Map<number, T>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): T | undefined {
    const place = id % places;
    return this.#ids[place] === id ? this.#values[place] : this.#others.get(id);
  }

  /** The id must be new. */
  add(id: number, value: T): void {
    const place = id % places;
    this.#size += 1;
    if (this.#ids[place] === none) {
      this.#ids[place] = id;
      this.#values[place] = value;
    } else this.#others.set(id, value);
  }

  delete(id: number): void {
    const place = id % places;
    if (this.#ids[place] === id) {
      this.#ids[place] = none;
      this.#values[place] = undefined;
      this.#size -= 1;
    } else if (this.#others.delete(id)) this.#size -= 1;
  }

  /** All of them as they are now, the oldest first. */
  entries(): [id: number, value: T][] {
    const entries = [...this.#others];
    if (this.#size > entries.length) {
      this.#ids.forEach((id, place) => {
        if (id !== none) entries.push([id, this.#values[place] as T]);
      });
    }
    return entries.sort(([a], [b]) => a - b);
  }
}
