/** Puts a wasm binary together from bytes, LEB128 numbers and names. */
export class BinaryWriter {
  readonly #parts: Uint8Array[] = [];
  #pending: number[] = [];

  byte(value: number): this {
    this.#pending.push(value);
    return this;
  }

  bytes(bytes: Uint8Array): this {
    this.#flush();
    this.#parts.push(bytes);
    return this;
  }

  /** An unsigned LEB128 number. */
  u32(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.#pending.push((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#pending.push(rest);
    return this;
  }

  /** `i32.const` with an end, as a global is initialized. */
  constant(value: number): this {
    this.byte(0x41);
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
        return this.byte(low).byte(0x0b);
      }
      this.byte(low | 0x80);
    }
  }

  name(text: string): this {
    const bytes = new TextEncoder().encode(text);
    return this.u32(bytes.length).bytes(bytes);
  }

  finish(): Uint8Array<ArrayBuffer> {
    this.#flush();
    const whole = new Uint8Array(this.#parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    this.#parts.push(Uint8Array.from(this.#pending));
    this.#pending = [];
  }
}
