import type { Touched } from '../abi/guest-memory.ts';
import { overhang } from './dirty-pages.ts';
import { DirtyTable } from './dirty-table.ts';
import { pageSize } from './memory-limit.ts';
import { isZero, PristineImage } from './pristine-image.ts';
import { exportNames } from './rewrite.ts';

/** LLVM lets a function that calls nothing use this much below the stack pointer, in bytes. */
const redZone = 128;
/** How much more memory than a request used an instance may keep, in bytes. */
const mostSpare = 1024 * 1024;
/** So many requests in a row may do without that. */
const mostSpared = 100;
/** How much instances that are kept may have grown since their start, together, in bytes. */
const mostGrown = 256 * 1024 * 1024;
/** The region below the stack is looked at after the first resets and every so often from then on. */
const lookEvery = 512;

/** What is known of a memory of a program in this thread, so that it need not be found out for each of its instances. */
export interface MemoryKnowledge {
  /** How often it has been brought back. */
  resets: number;
  /** It turned out that the component writes where nothing of a compiled program's should be, below its stack. */
  writesLow: boolean;
  /** What it held at the start. */
  image: PristineImage | undefined;
  /** By how much the memories of its instances have grown together, in bytes. */
  grown: number;
}

/** The start of one memory of an instance. */
export class MemorySnapshot {
  readonly memory: WebAssembly.Memory;
  readonly #known: MemoryKnowledge;
  readonly #image: PristineImage;
  readonly #pages: WebAssembly.Global;
  readonly #lowest: WebAssembly.Global;
  /** What was written, by each module that writes to the memory. */
  readonly #tables: readonly DirtyTable[];
  /** Whether each of these might not know of all that it wrote. */
  readonly #uncertain: readonly WebAssembly.Global[];
  /** All is brought back in any case. */
  readonly #isAll: boolean;
  readonly #startPages: number;
  #bytes: Uint8Array;
  /** What of `MemoryKnowledge.grown` is its own. */
  #grown = 0;
  /** How many requests in a row needed much less than there is. */
  #spared = 0;

  /**
   * @param owner the core instance that has the memory
   * @param writers those whose modules write to it
   * @param ask what the guest asks before the memory grows; see `growFunction`. Default: nobody
   */
  constructor(
    { exports }: WebAssembly.Instance,
    writers: readonly WebAssembly.Instance[],
    stackTop: number,
    touched: ReadonlyMap<WebAssembly.Memory, Touched>,
    known: MemoryKnowledge,
    ask: WebAssembly.CoreFunction | undefined,
  ) {
    this.#known = known;
    this.memory = memoryOf(exports[exportNames.memory]);
    this.#pages = globalOf(exports[exportNames.pages]);
    this.#lowest = globalOf(exports[exportNames.lowest]);
    this.#startPages = Number(this.#pages.value);
    if (ask !== undefined) tableOf(exports[exportNames.ask]).set(0, ask);
    for (const writer of writers) {
      const shared = writer.exports[exportNames.sharedGrow];
      if (shared !== undefined) tableOf(shared).set(0, functionOf(exports[exportNames.grow]));
    }
    this.#tables = writers.flatMap((writer) => {
      const table = writer.exports[exportNames.table];
      return table === undefined ? [] : [new DirtyTable(memoryOf(table))];
    });
    this.#uncertain = writers.flatMap((writer) => {
      const global = writer.exports[exportNames.uncertain];
      return global === undefined ? [] : [globalOf(global)];
    });
    // A stack pointer that stands above the stack makes all writes relative to it uncertain.
    this.#isAll = this.#tables.length === 0 || this.#uncertain.some(({ value }) => value !== 0);
    this.#bytes = new Uint8Array(this.memory.buffer);
    for (const table of this.#tables) table.clear(this.#bytes.length);
    const byHost = touched.get(this.memory);
    if (byHost !== undefined) byHost.table = this.#tables[0]?.bytes;
    // A component whose start used the stack left something there that each request would find in a new instance.
    const isClean = Number(this.#lowest.value) === stackTop;
    const isSame = known.image?.matches(this.#bytes, isClean) === true;
    this.#image =
      isSame && known.image !== undefined ? known.image : new PristineImage(this.#bytes, stackTop, isClean);
    known.image ??= this.#image;
  }

  /** Pages of memory that there are, also those that the guest does not know of. */
  get pages(): number {
    return this.memory.buffer.byteLength / pageSize;
  }

  /** A request has ended. Answers whether too much memory was grown for it, or for earlier ones, which only goes back to the system with the instance. */
  isTooLarge(): boolean {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.memory.buffer);
    const { length } = this.#bytes;
    const spare = length - Number(this.#pages.value) * pageSize;
    this.#spared = spare > mostSpare ? this.#spared + 1 : 0;
    if (this.#spared > mostSpared) return true;
    const grown = length - this.#startPages * pageSize;
    this.#known.grown += grown - this.#grown;
    this.#grown = grown;
    return grown > 0 && this.#known.grown > mostGrown;
  }

  /** It is not used again. May be called more than once. */
  discard(): void {
    this.#known.grown -= this.#grown;
    this.#grown = 0;
  }

  /** Brings it back, when it is not too large. */
  restore(): void {
    this.#pages.value = this.#startPages;
    if (this.#image.stackTop > 0) this.#restoreStack();
    // Also what the guest should not have had any more: an access there that ought to trap does not.
    this.#restoreParts(this.#bytes.length);
  }

  #restoreStack(): void {
    const bytes = this.#bytes;
    const known = this.#known;
    const { stack, stackTop } = this.#image;
    if (stack.length > 0) {
      bytes.set(stack, 0);
      bytes.fill(0, stack.length, stackTop);
      return;
    }
    const used = Math.max(0, Number(this.#lowest.value) - redZone);
    this.#lowest.value = stackTop;
    bytes.fill(0, used, stackTop);
    known.resets += 1;
    const mustLook = known.resets <= 4 || known.resets % lookEvery === 0;
    if (mustLook && !known.writesLow) known.writesLow = !isZero(bytes, 0, used);
    if (known.writesLow) bytes.fill(0, 0, used);
  }

  /** Everything above the stack that was written. */
  #restoreParts(end: number): void {
    let isAll = this.#isAll;
    for (const global of this.#uncertain) {
      if (global.value === 0) continue;
      global.value = 0;
      isAll = true;
    }
    if (isAll) {
      for (const table of this.#tables) table.clear(end);
      this.#restoreRange(this.#image.stackTop, end);
      return;
    }
    for (const table of this.#tables) table.take(end, this.#restoreRun);
  }

  readonly #restoreRun = (start: number, end: number): void => {
    this.#restoreRange(start, Math.min(end + overhang, this.#bytes.length));
  };

  #restoreRange(start: number, end: number): void {
    const bytes = this.#bytes;
    const { data, stackTop } = this.#image;
    const from = Math.max(start, stackTop);
    const dataEnd = stackTop + data.length;
    if (from < dataEnd) bytes.set(data.subarray(from - stackTop, Math.min(end, dataEnd) - stackTop), from);
    if (end > dataEnd) bytes.fill(0, Math.max(from, dataEnd), end);
  }
}

function memoryOf(item: WebAssembly.ExportValue | undefined): WebAssembly.Memory {
  if (item instanceof WebAssembly.Memory) return item;
  throw new TypeError('a core module that was prepared for reset exports its memory');
}

export function globalOf(item: WebAssembly.ExportValue | undefined): WebAssembly.Global {
  if (item instanceof WebAssembly.Global) return item;
  throw new TypeError('a core module that was prepared for reset exports its globals');
}

function functionOf(item: WebAssembly.ExportValue | undefined): WebAssembly.CoreFunction {
  if (typeof item === 'function') return item as WebAssembly.CoreFunction;
  throw new TypeError('a core module that was prepared for reset exports how its memory grows');
}

function tableOf(item: WebAssembly.ExportValue | undefined): WebAssembly.Table {
  if (item instanceof WebAssembly.Table) return item;
  throw new TypeError('a core module that was prepared for reset exports a table');
}
