import { trap } from '../../engine/guest-trap.ts';
import type { Holdings } from '../../runtime/worker/holdings.ts';
import { latin1Text } from '../../shared/latin1.ts';
import { contentLengthOf } from './content-length.ts';
import { isForbidden, isTrailer } from './field-names.ts';

/** `wasi:http/types` header-error, thrown as the payload of a result; 0.2 has no `size-exceeded`. */
export type HeaderError = { readonly tag: 'invalid-syntax' | 'forbidden' | 'immutable' | 'size-exceeded' };

type Field = readonly [name: string, value: Uint8Array];

/** The most that one `fields` holds: names and values with `fieldOverhead` for each, in bytes. More traps in 0.2, as in wasmtime. */
export const mostFieldBytes = 128 * 1024;
const fieldOverhead = 40;

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** `wasi:http/types` fields: an ordered multimap with case-insensitive names and values of bytes. */
export class Fields {
  /** Of the guest that has them; what they hold is counted there until they are dropped. */
  readonly holdings: Holdings;
  readonly #tooLarge: TooLarge;
  #fields: readonly Field[];
  /** Whether other fields have the same list, so that it must be copied before it is changed. */
  #isShared = false;
  #immutable = false;
  #size = 0;

  /** @param tooLarge what becomes of a guest that wants more than `mostFieldBytes` */
  constructor(holdings: Holdings, tooLarge: TooLarge = trapTooLarge) {
    this.holdings = holdings;
    this.#tooLarge = tooLarge;
    this.#fields = [];
  }

  /** Throws a `HeaderError`. */
  static fromList(entries: readonly Field[], holdings: Holdings, tooLarge?: TooLarge): Fields {
    const fields = new Fields(holdings, tooLarge);
    try {
      for (const [name, value] of entries) fields.append(name, value);
    } catch (error) {
      fields[Symbol.dispose]();
      throw error;
    }
    return fields;
  }

  /** The headers of a received message, as names and Latin-1 values in turn; immutable. */
  static received(raw: readonly string[], holdings: Holdings): Fields {
    const fields = new Fields(holdings);
    const list: Field[] = [];
    let size = 0;
    for (let index = 0; index + 1 < raw.length; index += 2) {
      const name = raw[index] ?? '';
      if (isForbidden(name)) continue;
      const value = Buffer.from(raw[index + 1] ?? '', 'latin1');
      size += sizeOf(name, value);
      list.push([name, value]);
    }
    fields.#fields = list;
    fields.#resize(size);
    return fields.freeze();
  }

  get(name: string): Uint8Array[] {
    return this.#fields.filter(sameName(name)).map(([, value]) => value);
  }

  /** The first value, as Latin-1 text. */
  first(name: string): string | undefined {
    const field = this.#fields.find(sameName(name));
    return field && latin1Text(field[1]);
  }

  has(name: string): boolean {
    return this.#fields.some(sameName(name));
  }

  set(name: string, values: readonly Uint8Array[]): void {
    this.#checkWrite(name);
    for (const value of values) checkValue(value);
    if (isContentLength(name)) checkLengths([], values);
    const isSame = sameName(name);
    const kept = this.#fields.filter((field) => !isSame(field));
    this.#replace([...kept, ...values.map((value): Field => [name, value])]);
  }

  delete(name: string): void {
    this.#checkWrite(name);
    const isSame = sameName(name);
    this.#replace(this.#fields.filter((field) => !isSame(field)));
  }

  /** 0.3's `get-and-delete`. */
  getAndDelete(name: string): Uint8Array[] {
    const values = this.get(name);
    this.delete(name);
    return values;
  }

  append(name: string, value: Uint8Array): void {
    this.#checkWrite(name);
    checkValue(value);
    if (isContentLength(name)) checkLengths(this.#fields, [value]);
    this.#grow(sizeOf(name, value));
    this.holdings.freeAtEnd(value);
    const list = this.#isShared ? [...this.#fields] : (this.#fields as Field[]);
    list.push([name, value]);
    this.#fields = list;
    this.#isShared = false;
  }

  entries(): Field[] {
    return [...this.#fields];
  }

  /** 0.3's name for `entries`. */
  copyAll(): Field[] {
    return this.entries();
  }

  clone(): Fields {
    const copy = new Fields(this.holdings, this.#tooLarge);
    copy.#resize(this.#size);
    copy.#fields = this.#fields;
    copy.#isShared = true;
    this.#isShared = true;
    return copy;
  }

  /** Names and Latin-1 values in turn, as Node writes them. Several content-lengths, which agree, are one. */
  toRaw(): string[] {
    const raw: string[] = [];
    let hasLength = false;
    for (const [name, value] of this.#fields) {
      const text = latin1Text(value);
      if (!isContentLength(name)) raw.push(name, text);
      else if (!hasLength) {
        hasLength = true;
        raw.push(name, contentLengthOf(text) ?? text);
      }
    }
    return raw;
  }

  /** The same for trailers, without what may not be among them (RFC 9110, 6.5.1): it is left out, as hyper does. */
  toRawTrailers(): string[] {
    const raw: string[] = [];
    for (const [name, value] of this.#fields) if (isTrailer(name)) raw.push(name, latin1Text(value));
    return raw;
  }

  /** From here on changes throw `immutable`: the fields have become part of a message. */
  freeze(): this {
    this.#immutable = true;
    return this;
  }

  #checkWrite(name: string): void {
    if (this.#immutable) throw { tag: 'immutable' } satisfies HeaderError;
    if (!token.test(name)) throw { tag: 'invalid-syntax' } satisfies HeaderError;
    if (isForbidden(name)) throw { tag: 'forbidden' } satisfies HeaderError;
  }

  #replace(list: readonly Field[]): void {
    let size = 0;
    for (const [name, value] of list) size += sizeOf(name, value);
    this.#grow(size - this.#size);
    for (const [, value] of list) this.holdings.freeAtEnd(value);
    this.#fields = list;
    this.#isShared = false;
  }

  #grow(bytes: number): void {
    const size = this.#size + bytes;
    if (size > mostFieldBytes) this.#tooLarge(size);
    this.#resize(size);
  }

  #resize(size: number): void {
    this.holdings.take(size - this.#size);
    this.#size = size;
  }

  [Symbol.dispose](): void {
    this.holdings.give(this.#size);
    this.#size = 0;
  }
}

/** Does not return. @param size bytes that the fields would have */
export type TooLarge = (size: number) => never;

function trapTooLarge(size: number): never {
  trap(`fields of ${size} bytes, ${fieldOverhead} for each entry; at most ${mostFieldBytes} are allowed`);
}

/** As 0.3 has it. */
export function refuseTooLarge(): never {
  throw { tag: 'size-exceeded' } satisfies HeaderError;
}

function sizeOf(name: string, value: Uint8Array): number {
  return name.length + value.length + fieldOverhead;
}

function isContentLength(name: string): boolean {
  return name.length === 14 && name.toLowerCase() === 'content-length';
}

/** Several content-lengths are one where they agree; a message of two lengths is a way to smuggle another (RFC 9110, 8.6). */
function checkLengths(present: readonly Field[], values: readonly Uint8Array[]): void {
  let length: string | undefined;
  for (const value of values) {
    const next = contentLengthOf(latin1Text(value));
    if (next === undefined || (length !== undefined && next !== length))
      throw { tag: 'invalid-syntax' } satisfies HeaderError;
    length = next;
  }
  for (const [name, value] of present) {
    if (isContentLength(name) && contentLengthOf(latin1Text(value)) !== length)
      throw { tag: 'invalid-syntax' } satisfies HeaderError;
  }
}

function sameName(name: string): (field: Field) => boolean {
  const lower = name.toLowerCase();
  return ([other]) => other.length === lower.length && other.toLowerCase() === lower;
}

/** A field value has no control characters but the tab (RFC 9110, 5.5). */
function checkValue(value: Uint8Array): void {
  // Half as long as the iterator takes: this may be 128 KiB.
  for (let index = 0; index < value.length; index += 1) {
    const byte = value[index] ?? 0;
    if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f)
      throw { tag: 'invalid-syntax' } satisfies HeaderError;
  }
}
