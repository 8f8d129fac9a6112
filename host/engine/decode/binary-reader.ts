const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads the primitive encodings of a wasm binary: bytes, LEB128 numbers, names. */
export class BinaryReader {
  readonly #bytes: Uint8Array;
  #at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.end = end;
  }

  get position(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at >= this.end;
  }

  /** Throws a RangeError past the end. */
  byte(): number {
    const value = this.#at < this.end ? this.#bytes[this.#at] : undefined;
    if (value === undefined) throw new RangeError(`the binary ends in the middle, at byte ${this.#at}`);
    this.#at += 1;
    return value;
  }

  peek(): number {
    const value = this.byte();
    this.#at -= 1;
    return value;
  }

  /** An unsigned LEB128 number of up to 32 bits. */
  u32(): number {
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      result += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return result;
    }
    throw new RangeError(`a number is too long, at byte ${this.#at}`);
  }

  /** A signed LEB128 number of up to 33 bits. */
  s33(): number {
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      result += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return byte & 0x40 ? result - 2 ** (shift + 7) : result;
    }
    throw new RangeError(`a number is too long, at byte ${this.#at}`);
  }

  name(): string {
    const length = this.u32();
    return utf8.decode(this.#bytes.subarray(this.#at, this.#skip(length)));
  }

  /** A reader over the next `length` bytes; this one continues behind them. */
  slice(length: number): BinaryReader {
    const start = this.#at;
    return new BinaryReader(this.#bytes, start, this.#skip(length));
  }

  /** A reader of what is left of this one, which stays where it is. */
  fork(): BinaryReader {
    return new BinaryReader(this.#bytes, this.#at, this.end);
  }

  /** The bytes up to the end, which is then reached. */
  rest(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(this.#at, this.#skip(this.end - this.#at));
  }

  vector<T>(read: (reader: BinaryReader) => T): T[] {
    const length = this.u32();
    const items: T[] = [];
    for (let index = 0; index < length; index += 1) items.push(read(this));
    return items;
  }

  optional<T>(read: (reader: BinaryReader) => T): T | undefined {
    return this.byte() === 0 ? undefined : read(this);
  }

  #skip(length: number): number {
    if (this.#at + length > this.end)
      throw new RangeError(`the binary ends in the middle, at byte ${this.#at}`);
    this.#at += length;
    return this.#at;
  }
}

/** What no version of the format has. */
export function unknown(what: string, value: number, reader: BinaryReader): TypeError {
  return new TypeError(`unknown ${what} 0x${value.toString(16)} at byte ${reader.position}`);
}
