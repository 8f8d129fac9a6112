const firstLength = 32;
const encoder = new TextEncoder();

/** Puts a wasm binary together from bytes, LEB128 numbers and names. */
export class BinaryWriter {
  #bytes = new Uint8Array(firstLength);
  #length = 0;

  byte(value: number): this {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
    return this;
  }

  bytes(bytes: Uint8Array): this {
    const end = this.#length + bytes.length;
    if (end > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length = end;
    return this;
  }

  /** An unsigned LEB128 number. */
  u32(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.byte(rest);
  }

  /** `i32.const`. */
  constant(value: number): this {
    this.byte(0x41);
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return this.byte(low);
      this.byte(low | 0x80);
    }
  }

  /** `i32.const` with an end, as a global is initialized. */
  initial(value: number): this {
    return this.constant(value).byte(0x0b);
  }

  name(text: string): this {
    const bytes = encoder.encode(text);
    return this.u32(bytes.length).bytes(bytes);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** Begins anew. */
  clear(): this {
    this.#length = 0;
    return this;
  }

  #grow(by: number): void {
    const bytes = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + by));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }
}
