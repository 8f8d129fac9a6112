import { mostPacked, type PackedValues } from './packed-values.ts';

/** A value and when it was written, in milliseconds since 1970. */
export interface MemoryEntry {
  readonly value: Uint8Array;
  readonly written: number;
  /** When the key ends, where it has an end of its own: in milliseconds since 1970. */
  readonly end?: number | undefined;
}

/** Of each entry: when it was written, its version, and where its value is and how long, in one number. */
const fields = 3;
/** More than a packed value has bytes. */
const lengths = 1024;
const firstCapacity = 4;
const large = -1;

/**
 * The entries of a bucket: what a `Map` of objects would be, in a quarter of the memory. An entry is known by its number until it is
 * deleted.
 */
export class PackedEntries {
  readonly #values: PackedValues;
  readonly #numbers = new Map<string, number>();
  #fields = new Float64Array(0);
  #end = 0;
  readonly #free: number[] = [];
  /** Values that are not packed. */
  readonly #large = new Map<number, Uint8Array>();

  /** @param values where short values lie; several buckets may share it */
  constructor(values: PackedValues) {
    this.#values = values;
  }

  get size(): number {
    return this.#numbers.size;
  }

  has(key: string): boolean {
    return this.#numbers.has(key);
  }

  keys(): IterableIterator<string> {
    return this.#numbers.keys();
  }

  find(key: string): number | undefined {
    return this.#numbers.get(key);
  }

  value(number: number): Uint8Array {
    const place = this.#field(number, 2);
    if (place === large) return this.#large.get(number) ?? new Uint8Array();
    return this.#values.get(Math.floor(place / lengths), place % lengths);
  }

  written(number: number): number {
    return this.#field(number, 0);
  }

  version(number: number): number {
    return this.#field(number, 1);
  }

  /** Keys and numbers, in the order in which the keys came. */
  [Symbol.iterator](): IterableIterator<[key: string, number: number]> {
    return this.#numbers[Symbol.iterator]();
  }

  /** Sets an entry; a key that is there stays where it is in the order. */
  set(key: string, value: Uint8Array, written: number, version: number): void {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#free.pop() ?? this.#extend();
      this.#numbers.set(key, number);
    } else this.#drop(number);
    const at = number * fields;
    const all = this.#fields;
    all[at] = written;
    all[at + 1] = version;
    if (value.length > mostPacked) {
      all[at + 2] = large;
      this.#large.set(number, value);
    } else all[at + 2] = this.#values.add(value) * lengths + value.length;
  }

  /** Answers whether it was there. */
  delete(key: string): boolean {
    const number = this.#numbers.get(key);
    if (number === undefined) return false;
    this.#drop(number);
    this.#numbers.delete(key);
    this.#free.push(number);
    return true;
  }

  /** Puts the keys into an order. They are those that there are. */
  order(keys: Iterable<string>): void {
    for (const key of keys) {
      const number = this.#numbers.get(key);
      if (number === undefined) continue;
      this.#numbers.delete(key);
      this.#numbers.set(key, number);
    }
  }

  #drop(number: number): void {
    const place = this.#field(number, 2);
    if (place === large) this.#large.delete(number);
    else this.#values.delete(Math.floor(place / lengths), place % lengths);
  }

  #field(number: number, field: number): number {
    return this.#fields[number * fields + field] as number;
  }

  #extend(): number {
    if ((this.#end + 1) * fields > this.#fields.length) {
      const larger = new Float64Array(Math.max(firstCapacity * fields, this.#fields.length * 2));
      larger.set(this.#fields);
      this.#fields = larger;
    }
    this.#end += 1;
    return this.#end - 1;
  }
}
