import { trap } from '../guest-trap.ts';
import { noteRange } from '../reset/dirty-pages.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
/** Text up to this many bytes is read and written here; longer text is worth the call into the engine. */
const shortText = 32;

/**
 * The most that the lists of one call may bring: their texts and bytes, and `listEntry` for each entry, in bytes. Entries of a
 * list may all be the same place of the guest's memory, and each is copied.
 */
const mostListed = 256 * 1024 * 1024;
const listEntry = 128;

/** Bytes of a list that is lent rather than copied, where the host's function says so. A shorter one is always the function's own. */
export const lentLength = 1024;
/** The most bytes that a string may have. Source: `CanonicalABI.md`. */
const mostText = 2 ** 28 - 1;
/** In the length of a string that may be in either of two encodings: it is in UTF-16. */
const wideTag = 0x8000_0000 | 0;

/** Allocates in a guest: `cabi_realloc`. */
export type Realloc = (pointer: number, oldSize: number, align: number, size: number) => number;

/** What of the memory of an instance the host has written in a request; see `dirty-pages.ts`. */
export interface Touched {
  /** Where it is noted; absent where it need not be. */
  table?: Uint8Array | undefined;
}

/** The memory of an instance, read and written with the checks of the canonical ABI. */
export class GuestMemory {
  /** Looks anew at each use: memory that grows gets another buffer. */
  u8: Uint8Array;
  view: DataView;
  readonly #memory: WebAssembly.Memory;
  readonly #realloc: Realloc | undefined;
  readonly #touched: Touched;
  /** The length of the text that was put last. */
  placed = 0;
  /** What the lists of the call under way have brought. */
  #listed = 0;

  constructor(memory: WebAssembly.Memory, realloc: Realloc | undefined, touched: Touched) {
    this.#memory = memory;
    this.#realloc = realloc;
    this.#touched = touched;
    this.u8 = new Uint8Array(memory.buffer);
    this.view = new DataView(memory.buffer);
  }

  /** Must be called when the guest may have grown its memory since the last time. */
  refresh(): void {
    this.#listed = 0;
    if (this.u8.length !== 0) return;
    this.u8 = new Uint8Array(this.#memory.buffer);
    this.view = new DataView(this.#memory.buffer);
  }

  /** Traps unless the range is in memory and aligned; answers the pointer as an unsigned number. */
  range(pointer: number, size: number, align: number): number {
    const at = pointer >>> 0;
    if (at % align !== 0) trap(`pointer ${at} is not aligned to ${align} bytes`);
    if (at + size > this.u8.length) trap(`${size} bytes at pointer ${at} are outside of memory`);
    return at;
  }

  /** The same for a range that the host is about to write. */
  target(pointer: number, size: number, align: number): number {
    const at = this.range(pointer, size, align);
    const { table } = this.#touched;
    if (table !== undefined) noteRange(table, at, size);
    return at;
  }

  /** A copy of bytes that the guest holds. */
  bytes(pointer: number, length: number): Uint8Array {
    const size = length >>> 0;
    const at = this.range(pointer, size, 1);
    return this.u8.slice(at, at + size);
  }

  /** The same, but for long ones the guest's own memory: to be used at once, before the guest goes on. */
  lentBytes(pointer: number, length: number): Uint8Array {
    const size = length >>> 0;
    if (size < lentLength) return this.bytes(pointer, length);
    const at = this.range(pointer, size, 1);
    return this.u8.subarray(at, at + size);
  }

  /** The entries of a list are about to be read. */
  listEntries(count: number): void {
    this.#list(count * listEntry);
  }

  /** As `bytes`, in a list. */
  listedBytes(pointer: number, length: number): Uint8Array {
    this.#list(length >>> 0);
    return this.bytes(pointer, length);
  }

  /** As `text`, in a list. */
  listedText(pointer: number, length: number): string {
    this.#list(length >>> 0);
    return this.text(pointer, length);
  }

  #list(bytes: number): void {
    this.#listed += bytes;
    if (this.#listed > mostListed) trap(`the lists of one call bring more than ${mostListed} bytes`);
  }

  /** Text that the guest holds; traps where it is no UTF-8. */
  text(pointer: number, length: number): string {
    const size = length >>> 0;
    const at = this.range(pointer, size, 1);
    return size <= shortText ? shortTextOf(this.u8, at, size) : decode(this.u8, at, size);
  }

  /** As `text`, in UTF-16; the length counts code units. */
  wideText(pointer: number, length: number): string {
    const size = 2 * (length >>> 0);
    if (size > mostText) trap(`text of ${size} bytes; at most ${mostText} are taken`);
    const at = this.range(pointer, size, 2);
    const text = Buffer.from(this.u8.buffer, this.u8.byteOffset + at, size).toString('utf16le');
    if (!text.isWellFormed()) trap(`text at pointer ${at} is no UTF-16`);
    return text;
  }

  listedWideText(pointer: number, length: number): string {
    this.#list(2 * (length >>> 0));
    return this.wideText(pointer, length);
  }

  /** As `text`, in Latin-1, or in UTF-16 where the highest bit of the length says so. */
  compactText(pointer: number, length: number): string {
    if ((length & wideTag) !== 0) return this.wideText(pointer, length & ~wideTag);
    if (length > mostText) trap(`text of ${length} bytes; at most ${mostText} are taken`);
    const at = this.range(pointer, length, 2);
    return Buffer.from(this.u8.buffer, this.u8.byteOffset + at, length).toString('latin1');
  }

  listedCompactText(pointer: number, length: number): string {
    this.#list((length & wideTag) === 0 ? length : 2 * (length & ~wideTag));
    return this.compactText(pointer, length);
  }

  /** Allocates in the guest; traps where it answers something that is none of its memory. */
  allocate(size: number, align: number): number {
    if (this.#realloc === undefined) trap('the guest has no allocator');
    const pointer = this.#realloc(0, 0, align, size);
    this.refresh();
    return this.target(pointer, size, align);
  }

  /** Gives bytes to the guest; answers where they are. */
  putBytes(bytes: Uint8Array): number {
    const pointer = this.allocate(bytes.length, 1);
    this.u8.set(bytes, pointer);
    return pointer;
  }

  /** Gives bytes to the guest: pointer and length are written at `at`. */
  storeBytes(bytes: Uint8Array, at: number): void {
    this.storePair(at, this.putBytes(bytes), bytes.length);
  }

  /** Gives text to the guest: pointer and length are written at `at`. */
  storeText(text: string, at: number): void {
    this.storePair(at, this.putText(text), this.placed);
  }

  /** Gives text to the guest; answers where it is, and `placed` is its length. */
  putText(text: string): number {
    if (text.length <= shortText && isAscii(text)) {
      const pointer = this.allocate(text.length, 1);
      for (let index = 0; index < text.length; index += 1) this.u8[pointer + index] = text.charCodeAt(index);
      this.placed = text.length;
      return pointer;
    }
    const length = Buffer.byteLength(text);
    const pointer = this.allocate(length, 1);
    encoder.encodeInto(text, this.u8.subarray(pointer, pointer + length));
    this.placed = length;
    return pointer;
  }

  /** As `putText`, in UTF-16; the length counts code units. */
  putWideText(text: string): number {
    const pointer = this.allocate(2 * text.length, 2);
    for (let index = 0; index < text.length; index += 1)
      this.view.setUint16(pointer + 2 * index, text.charCodeAt(index), true);
    this.placed = text.length;
    return pointer;
  }

  /** As `putText`, in Latin-1 where all of the text is, and else in UTF-16, which the highest bit of the length tells. */
  putCompactText(text: string): number {
    if (!isLatin1(text)) {
      const pointer = this.putWideText(text);
      this.placed = (text.length | wideTag) >>> 0;
      return pointer;
    }
    const pointer = this.allocate(text.length, 2);
    for (let index = 0; index < text.length; index += 1) this.u8[pointer + index] = text.charCodeAt(index);
    this.placed = text.length;
    return pointer;
  }

  storePair(at: number, pointer: number, length: number): void {
    this.view.setUint32(at, pointer, true);
    this.view.setUint32(at + 4, length, true);
  }
}

/** Guests pass the same short texts again and again: names of buckets and headers. Each slot keeps the last one. */
const texts: string[] = new Array(512).fill('');

function shortTextOf(bytes: Uint8Array, at: number, size: number): string {
  let hash = size;
  for (let index = at; index < at + size; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte >= 0x80) return decode(bytes, at, size);
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  const slot = hash & 511;
  const known = texts[slot] ?? '';
  if (known.length === size && isTextAt(known, bytes, at)) return known;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, size).toString('latin1');
  texts[slot] = text;
  return text;
}

function isTextAt(text: string, bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) !== bytes[at + index]) return false;
  }
  return true;
}

function decode(bytes: Uint8Array, at: number, size: number): string {
  if (size > mostListed) trap(`text of ${size} bytes; at most ${mostListed} are taken`);
  try {
    return utf8.decode(bytes.subarray(at, at + size));
  } catch {
    return trap(`text at pointer ${at} is no UTF-8`);
  }
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) >= 0x80) return false;
  return true;
}

function isLatin1(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0xff) return false;
  return true;
}
