/**
 * The readable form of a Rust symbol, legacy (`_ZN…E`) or v0 (`_R…`, Rust RFC 2603), without hashes and generic
 * arguments. Whatever is no such symbol comes back as it is.
 */
export function demangle(symbol: string): string {
  if (symbol.startsWith('_ZN')) return legacy(symbol) ?? symbol;
  if (!symbol.startsWith('_R')) return symbol;
  try {
    return new Demangler(symbol.slice(2)).path();
  } catch (error) {
    if (error instanceof NotUnderstood) return symbol;
    throw error;
  }
}

class NotUnderstood extends Error {}

const punctuation: Readonly<Record<string, string>> = {
  BP: '*',
  C: ',',
  GT: '>',
  LP: '(',
  LT: '<',
  RF: '&',
  RP: ')',
  SP: '@',
};

/** `_ZN4core3fmt5write17h0123456789abcdefE`: lengths and names, the last of which is a hash. */
function legacy(symbol: string): string | undefined {
  const names: string[] = [];
  let rest = symbol.slice(3);
  while (!rest.startsWith('E')) {
    const length = /^\d+/.exec(rest)?.[0];
    if (length === undefined) return undefined;
    names.push(rest.slice(length.length, length.length + Number(length)));
    rest = rest.slice(length.length + Number(length));
  }
  if (/^h[0-9a-f]{16}$/.test(names.at(-1) ?? '')) names.pop();
  return names.map(readableName).join('::');
}

function readableName(name: string): string {
  return name
    .replace(/^_\$/, '$')
    .replace(/\$u([0-9a-f]+)\$/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/\$([A-Z]{1,2})\$/g, (whole, code: string) => punctuation[code] ?? whole)
    .replaceAll('..', '::');
}

const basicTypes: Readonly<Record<string, string>> = {
  a: 'i8',
  b: 'bool',
  c: 'char',
  d: 'f64',
  e: 'str',
  f: 'f32',
  h: 'u8',
  i: 'isize',
  j: 'usize',
  l: 'i32',
  m: 'u32',
  n: 'i128',
  o: 'u128',
  p: '_',
  s: 'i16',
  t: 'u16',
  u: '()',
  v: '...',
  x: 'i64',
  y: 'u64',
  z: '!',
};

/** Reads v0 symbols. Back references are positions behind the `_R`. */
class Demangler {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  path(): string {
    this.#depth += 1;
    if (this.#depth > 100) throw new NotUnderstood();
    const path = this.#path();
    this.#depth -= 1;
    return path;
  }

  #path(): string {
    switch (this.#next()) {
      case 'C':
        return this.#identifier();
      case 'M':
        this.#implPath();
        return `<${this.#type()}>`;
      case 'X':
        this.#implPath();
        return `<${this.#type()} as ${this.path()}>`;
      case 'Y':
        return `<${this.#type()} as ${this.path()}>`;
      case 'N':
        return this.#nested(this.#next());
      case 'I': {
        const path = this.path();
        while (!this.#take('E')) this.#genericArgument();
        return path;
      }
      case 'B':
        return this.#backReference(() => this.path());
      default:
        throw new NotUnderstood();
    }
  }

  /** Upper case namespaces are special: closures and shims. */
  #nested(namespace: string): string {
    const path = this.path();
    const name = this.#identifier();
    if (namespace === 'C') return `${path}::{closure}`;
    if (namespace === 'S') return `${path}::{shim}`;
    return name === '' ? path : `${path}::${name}`;
  }

  #implPath(): void {
    this.#disambiguator();
    this.path();
  }

  #type(): string {
    const letter = this.#text[this.#at] ?? '';
    const basic = basicTypes[letter];
    if (basic !== undefined) {
      this.#at += 1;
      return basic;
    }
    switch (letter) {
      case 'A':
        this.#at += 1;
        return `[${this.#type()}; ${this.#constant()}]`;
      case 'S':
        this.#at += 1;
        return `[${this.#type()}]`;
      case 'T':
        this.#at += 1;
        return `(${this.#list(() => this.#type()).join(', ')})`;
      case 'R':
      case 'Q':
        this.#at += 1;
        if (this.#take('L')) this.#base62();
        return `${letter === 'R' ? '&' : '&mut '}${this.#type()}`;
      case 'P':
      case 'O':
        this.#at += 1;
        return `${letter === 'P' ? '*const ' : '*mut '}${this.#type()}`;
      case 'B':
        this.#at += 1;
        return this.#backReference(() => this.#type());
      default:
        return this.path();
    }
  }

  #genericArgument(): void {
    if (this.#take('L')) this.#base62();
    else if (this.#take('K')) this.#constant();
    else this.#type();
  }

  #constant(): string {
    if (this.#take('p')) return '_';
    if (this.#take('B')) return this.#backReference(() => this.#constant());
    this.#type();
    const digits = /^n?[0-9a-f]*_/.exec(this.#text.slice(this.#at))?.[0];
    if (digits === undefined) throw new NotUnderstood();
    this.#at += digits.length;
    return String(Number.parseInt(digits.slice(0, -1) || '0', 16));
  }

  #list(read: () => string): string[] {
    const items: string[] = [];
    while (!this.#take('E')) items.push(read());
    return items;
  }

  #backReference<T>(read: () => T): T {
    const target = this.#base62();
    const back = this.#at;
    if (target >= back) throw new NotUnderstood();
    this.#at = target;
    const result = read();
    this.#at = back;
    return result;
  }

  #identifier(): string {
    this.#disambiguator();
    if (this.#take('u')) throw new NotUnderstood();
    const length = /^\d+/.exec(this.#text.slice(this.#at))?.[0];
    if (length === undefined) throw new NotUnderstood();
    this.#at += length.length;
    this.#take('_');
    const name = this.#text.slice(this.#at, this.#at + Number(length));
    this.#at += name.length;
    return name;
  }

  #disambiguator(): void {
    if (this.#take('s')) this.#base62();
  }

  #base62(): number {
    const digits = /^[0-9a-zA-Z]*_/.exec(this.#text.slice(this.#at))?.[0];
    if (digits === undefined) throw new NotUnderstood();
    this.#at += digits.length;
    if (digits === '_') return 0;
    const alphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
    return [...digits.slice(0, -1)].reduce((sum, digit) => sum * 62 + alphabet.indexOf(digit), 0) + 1;
  }

  #next(): string {
    const letter = this.#text[this.#at];
    if (letter === undefined) throw new NotUnderstood();
    this.#at += 1;
    return letter;
  }

  #take(letter: string): boolean {
    if (this.#text[this.#at] !== letter) return false;
    this.#at += 1;
    return true;
  }
}
