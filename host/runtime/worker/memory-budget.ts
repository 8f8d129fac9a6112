import { pageSize } from '../../engine/reset/memory-limit.ts';
import { formatSize } from '../../shared/size.ts';
import type { MemoryLimits } from '../limits.ts';
import type { ThreadControl } from './thread-control.ts';

/** How often it is told that memory was refused, in milliseconds. */
const tellEvery = 10_000;

/** Instances that have more are large; bytes. */
const small = 16 * 1024 * 1024;
/** How much of all memory large instances may fill: the rest is for small ones, so that a few can't take what all others begin with. */
export const shareOfLarge = 7 / 8;

/** How much memory instances may have, and how much they have. */
export interface MemoryShare extends MemoryLimits {
  /** Pages that all threads of a host have, in one cell. */
  readonly used: SharedArrayBuffer;
}

/**
 * Calls a function of the host from wasm:
 *
 *     (func (export "f") (import "h" "f") (param i32 i32) (result i32))
 */
// biome-ignore format: one line for each section of the module
const bridge = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x07, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f,
  0x02, 0x07, 0x01, 0x01, 0x68, 0x01, 0x66, 0x00, 0x00,
  0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00,
]);

/** The memory of the instances of a thread, which ask before they grow. */
export class MemoryBudget {
  /** What an instance calls before it grows, and after it could not; see `growFunction`. */
  readonly ask: WebAssembly.CoreFunction;
  readonly #limits: MemoryShare;
  readonly #used: Int32Array;
  readonly #control: ThreadControl;
  readonly #tell: (text: string) => void;
  #told = Number.NEGATIVE_INFINITY;

  constructor(limits: MemoryShare, control: ThreadControl, tell: (text: string) => void) {
    this.#limits = limits;
    this.#used = new Int32Array(limits.used);
    this.#control = control;
    this.#tell = tell;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bridge), {
      h: { f: (more: number, wanted: number) => this.#grow(more, wanted) },
    });
    this.ask = exports.f as WebAssembly.CoreFunction;
  }

  /** An instance has so many pages from now on. */
  take(pages: number): void {
    Atomics.add(this.#used, 0, pages);
    this.#control.memoryPages += pages;
  }

  /** An instance that had so many pages is not used again. */
  give(pages: number): void {
    this.take(-pages);
  }

  /**
   * @param more pages; fewer than none where the system did not give them
   * @param wanted pages that the instance would have then
   */
  #grow(more: number, wanted: number): number {
    if (wanted * pageSize > this.#limits.memory) {
      this.#refused(
        `an instance of the component has no more than ${formatSize(this.#limits.memory)}`,
        'memory',
      );
      return 0;
    }
    const used = Atomics.load(this.#used, 0);
    const share = wanted * pageSize > small ? shareOfLarge : 1;
    if (more > 0 && (used + more) * pageSize > this.#limits.totalMemory * share) {
      this.#refused(
        `all instances of the component together have no more than ${formatSize(this.#limits.totalMemory)}`,
        'totalMemory',
      );
      return 0;
    }
    this.take(more);
    return 1;
  }

  #refused(reason: string, name: string): void {
    const now = performance.now();
    if (now - this.#told < tellEvery) return;
    this.#told = now;
    this.#tell(`a request did not get the memory it asked for: ${reason} (dev.limits.${name})`);
  }
}
