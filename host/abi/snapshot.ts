import type { ResetPlan } from '../component/reset/prepare.ts';
import { exportNames } from '../component/reset/rewrite.ts';
import { allParts, overhang, partShift, partSize } from '../component/reset/touched-parts.ts';
import type { LinkedInstance } from './linker.ts';

const pageSize = 65536;
/** LLVM lets a function that calls nothing use this much below the stack pointer, in bytes. */
const redZone = 128;
/** How much more memory than the last request used an instance may keep, in bytes. */
const mostSpare = 1024 * 1024;
/** The region below the stack is looked at after the first resets and every so often from then on. */
const lookEvery = 4096;

/** What of an instance is brought back. */
type Restorable = Pick<LinkedInstance, 'cores' | 'handles' | 'touched'>;

/** The start of an instance: what it was before its first request, to which it is brought back after each. */
export class Snapshot {
  readonly #instance: Restorable;
  readonly #memory: WebAssembly.Memory;
  /** Where the stack begins that is told apart from the rest; 0 where it is not. */
  readonly #stackTop: number;
  /** What the stack held at the start, without the zeros at its end. */
  readonly #stack: Uint8Array;
  readonly #pages: WebAssembly.Global;
  readonly #lowest: WebAssembly.Global;
  /** Of each module that notes its writes to the memory. */
  readonly #touched: readonly WebAssembly.Global[];
  /** Parts that are brought back in any case. */
  readonly #always: number;
  readonly #startPages: number;
  readonly #globals: readonly { readonly global: WebAssembly.Global; readonly value: number | bigint }[];
  /** What lies above the stack, without the zeros at its end. */
  readonly #data: Uint8Array;
  #bytes: Uint8Array;
  #resets = 0;

  constructor(instance: Restorable, { owner, stackTop = 0 }: ResetPlan) {
    this.#instance = instance;
    const exports = instance.cores[owner]?.exports ?? {};
    this.#memory = memoryOf(exports[exportNames.memory]);
    this.#pages = globalOf(exports[exportNames.pages]);
    this.#lowest = globalOf(exports[exportNames.lowest]);
    this.#startPages = Number(this.#pages.value);
    const items = instance.cores.flatMap((core) => Object.entries(core.exports));
    this.#touched = items.flatMap(([name, item]) => (name === exportNames.touched ? [globalOf(item)] : []));
    // A stack pointer that stands above the stack makes all writes relative to it uncertain.
    const isUncertain = this.#touched.some(({ value }) => value === allParts);
    this.#always = this.#touched.length === 0 || isUncertain ? allParts : 0;
    for (const global of this.#touched) global.value = 0;
    this.#globals = items
      .filter(([name]) => name.startsWith(exportNames.global))
      .map(([, item]) => {
        const global = globalOf(item);
        return { global, value: global.value };
      });
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#stackTop = stackTop;
    // A component whose start used the stack left something there that each request would find in a new instance.
    const isClean = Number(this.#lowest.value) === stackTop;
    this.#stack = isClean ? new Uint8Array() : this.#bytes.slice(0, endOfData(this.#bytes, 0, stackTop));
    this.#data = this.#bytes.slice(stackTop, endOfData(this.#bytes, stackTop, this.#bytes.length));
  }

  /**
   * Brings the instance back. Answers false where it should not be used again: it turns out that the component writes
   * where nothing of a compiled program's should be, below its stack, or an earlier request needed much more memory,
   * which only goes back to the system with the instance.
   */
  restore(): boolean {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.#memory.buffer);
    const used = Number(this.#pages.value) * pageSize;
    if (this.#bytes.length - used > mostSpare) return false;
    this.#pages.value = this.#startPages;
    if (this.#stackTop > 0 && !this.#restoreStack()) return false;
    // Also what the guest should not have had any more: an access there that ought to trap does not.
    this.#restoreParts(this.#bytes.length);
    for (const { global, value } of this.#globals) global.value = value;
    this.#instance.handles.clear();
    return true;
  }

  #restoreStack(): boolean {
    const bytes = this.#bytes;
    const stackTop = this.#stackTop;
    const stack = this.#stack;
    if (stack.length > 0) {
      bytes.set(stack, 0);
      bytes.fill(0, stack.length, stackTop);
      return true;
    }
    const used = Math.max(0, Number(this.#lowest.value) - redZone);
    this.#lowest.value = stackTop;
    bytes.fill(0, used, stackTop);
    this.#resets += 1;
    return (this.#resets > 4 && this.#resets % lookEvery !== 0) || isZero(bytes, used);
  }

  /** Everything above the stack that was written. */
  #restoreParts(end: number): void {
    const { touched } = this.#instance;
    let parts = this.#always | touched.parts;
    touched.parts = 0;
    for (const global of this.#touched) {
      parts |= Number(global.value);
      global.value = 0;
    }
    if (parts === allParts) {
      this.#restoreRange(this.#stackTop, end);
      return;
    }
    let from = -1;
    // From below: what begins in the last part of the stack may end above it.
    const first = Math.max(0, this.#stackTop - (this.#stackTop % partSize) - partSize);
    for (let at = first; at < end; at += partSize) {
      const isTouched = (parts & (1 << (at >>> partShift))) !== 0;
      if (isTouched && from < 0) from = at;
      if (isTouched || from < 0) continue;
      this.#restoreRange(from, at + overhang);
      from = -1;
    }
    if (from >= 0) this.#restoreRange(from, end);
  }

  #restoreRange(start: number, end: number): void {
    const bytes = this.#bytes;
    const data = this.#data;
    const stackTop = this.#stackTop;
    const from = Math.max(start, stackTop);
    const dataEnd = stackTop + data.length;
    if (from < dataEnd) bytes.set(data.subarray(from - stackTop, Math.min(end, dataEnd) - stackTop), from);
    if (end > dataEnd) bytes.fill(0, Math.max(from, dataEnd), end);
  }
}

/** The index behind the last byte before `most` that is not zero, and not below `start`. */
function endOfData(bytes: Uint8Array, start: number, most: number): number {
  const words = new Int32Array(bytes.buffer);
  let last = Math.ceil(most / 4);
  while (last * 4 > start && words[last - 1] === 0) last -= 1;
  let end = last * 4;
  while (end > start && bytes[end - 1] === 0) end -= 1;
  return end;
}

function isZero(bytes: Uint8Array, end: number): boolean {
  const words = new Int32Array(bytes.buffer, 0, Math.floor(end / 4));
  for (let index = 0; index < words.length; index += 1) if (words[index] !== 0) return false;
  return true;
}

function memoryOf(item: WebAssembly.ExportValue | undefined): WebAssembly.Memory {
  if (item instanceof WebAssembly.Memory) return item;
  throw new TypeError('a core module that was prepared for reset exports its memory');
}

function globalOf(item: WebAssembly.ExportValue | undefined): WebAssembly.Global {
  if (item instanceof WebAssembly.Global) return item;
  throw new TypeError('a core module that was prepared for reset exports its globals');
}
