import { latin1Text } from '../../latin1.ts';

/** `wasi:http/types` header-error, thrown as the payload of a result. */
export type HeaderError = { readonly tag: 'invalid-syntax' | 'forbidden' | 'immutable' };

type Field = readonly [name: string, value: Uint8Array];

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Headers that belong to the connection and not to the message (RFC 9110, 7.6.1), plus the ones that
 * wasmtime and wasmCloud keep from guests. A guest neither sees nor sets them.
 */
const forbidden = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** `wasi:http/types` fields: an ordered multimap with case-insensitive names and values of bytes. */
export class Fields {
  #fields: Field[] = [];
  #immutable = false;

  /** Throws a `HeaderError`. */
  static fromList(entries: readonly Field[]): Fields {
    const fields = new Fields();
    for (const [name, value] of entries) fields.append(name, value);
    return fields;
  }

  /** The headers of a received message, as names and Latin-1 values in turn; immutable. */
  static received(raw: readonly string[]): Fields {
    const fields = new Fields();
    for (let index = 0; index + 1 < raw.length; index += 2) {
      const name = raw[index] ?? '';
      if (!forbidden.has(name.toLowerCase()))
        fields.#fields.push([name, Buffer.from(raw[index + 1] ?? '', 'latin1')]);
    }
    fields.#immutable = true;
    return fields;
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
    const isSame = sameName(name);
    this.#fields = this.#fields.filter((field) => !isSame(field));
    for (const value of values) this.#fields.push([name, value]);
  }

  delete(name: string): void {
    this.#checkWrite(name);
    const isSame = sameName(name);
    this.#fields = this.#fields.filter((field) => !isSame(field));
  }

  append(name: string, value: Uint8Array): void {
    this.#checkWrite(name);
    checkValue(value);
    this.#fields.push([name, value]);
  }

  entries(): Field[] {
    return [...this.#fields];
  }

  clone(): Fields {
    const copy = new Fields();
    copy.#fields = [...this.#fields];
    return copy;
  }

  /** Names and Latin-1 values in turn, as Node writes them. */
  toRaw(): string[] {
    const raw: string[] = [];
    for (const [name, value] of this.#fields) raw.push(name, latin1Text(value));
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
    if (forbidden.has(name.toLowerCase())) throw { tag: 'forbidden' } satisfies HeaderError;
  }
}

function sameName(name: string): (field: Field) => boolean {
  const lower = name.toLowerCase();
  return ([other]) => other.length === lower.length && other.toLowerCase() === lower;
}

/** A field value has no control characters but the tab (RFC 9110, 5.5). */
function checkValue(value: Uint8Array): void {
  for (const byte of value) {
    if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f)
      throw { tag: 'invalid-syntax' } satisfies HeaderError;
  }
}
