import type { ResetPlan } from '../component/reset/prepare.ts';
import { exportNames } from '../component/reset/rewrite.ts';
import type { LinkedInstance } from './linker.ts';

const pageSize = 65536;
/** LLVM lets a function that calls nothing use this much below the stack pointer, in bytes. */
const redZone = 128;
/** The region below the stack is looked at after the first resets and every so often from then on. */
const lookEvery = 4096;

/** The start of an instance: what it was before its first request, to which it is brought back after each. */
export class Snapshot {
  readonly #instance: LinkedInstance;
  readonly #memory: WebAssembly.Memory;
  readonly #stackTop: number;
  readonly #pages: WebAssembly.Global;
  readonly #lowest: WebAssembly.Global;
  readonly #startPages: number;
  readonly #globals: readonly { readonly global: WebAssembly.Global; readonly value: number | bigint }[];
  /** What lies above the stack, without the zeros at its end. */
  readonly #data: Uint8Array;
  #bytes: Uint8Array;
  #resets = 0;

  constructor(instance: LinkedInstance, { owner, stackTop }: ResetPlan) {
    this.#instance = instance;
    const exports = instance.cores[owner]?.exports ?? {};
    this.#memory = memoryOf(exports[exportNames.memory]);
    this.#pages = globalOf(exports[exportNames.pages]);
    this.#lowest = globalOf(exports[exportNames.lowest]);
    this.#startPages = Number(this.#pages.value);
    // A component whose start used the stack left something there that each request would find in a new instance.
    this.#stackTop = Number(this.#lowest.value) === stackTop ? stackTop : 0;
    this.#globals = instance.cores.flatMap(({ exports: items }) =>
      Object.entries(items)
        .filter(([name]) => name.startsWith(exportNames.global))
        .map(([, item]) => {
          const global = globalOf(item);
          return { global, value: global.value };
        }),
    );
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#data = this.#bytes.slice(this.#stackTop, endOfData(this.#bytes, this.#stackTop));
  }

  /**
   * Brings the instance back. Answers false when it turns out that the component writes where nothing of a
   * compiled program's should be, below its stack: then it must not be used again.
   */
  restore(): boolean {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.#memory.buffer);
    const bytes = this.#bytes;
    const stackTop = this.#stackTop;
    const end = Number(this.#pages.value) * pageSize;
    this.#pages.value = this.#startPages;
    if (stackTop > 0) {
      const used = Math.max(0, Number(this.#lowest.value) - redZone);
      this.#lowest.value = stackTop;
      bytes.fill(0, used, stackTop);
      this.#resets += 1;
      if ((this.#resets <= 4 || this.#resets % lookEvery === 0) && !isZero(bytes, used)) return false;
    }
    const data = this.#data;
    bytes.set(data, stackTop);
    bytes.fill(0, stackTop + data.length, end);
    for (const { global, value } of this.#globals) global.value = value;
    this.#instance.handles.clear();
    return true;
  }
}

/** The index behind the last byte that is not zero, and not below `start`. */
function endOfData(bytes: Uint8Array, start: number): number {
  const words = new Int32Array(bytes.buffer);
  let last = words.length;
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
