import { trap } from '../guest-trap.ts';
import type { Chunk, SourceBuffer, TargetBuffer } from './chunk.ts';

/** The most elements of one read or write. Source: `CanonicalABI.md`, "Buffer State". */
const mostElements = 2 ** 28 - 1;

/** The elements of a stream or future, as they lie in the memory of a guest. */
export interface Elements {
  /** Bytes of one; 0 where they have no type. */
  readonly size: number;
  /** Traps where there is no place for so many elements; answers the pointer as an unsigned number. */
  range(pointer: number, count: number): number;
  /** Reads `count` elements from `pointer` on. */
  load(pointer: number, count: number): Chunk;
  /** Writes elements from `pointer` on. */
  store(pointer: number, chunk: Chunk): void;
}

/** The memory that a guest gives for one read or write. */
abstract class GuestBuffer {
  /** How many elements have been moved. */
  moved = 0;
  readonly length: number;
  readonly fail: (thrown: unknown) => void;
  protected readonly elements: Elements;
  readonly #pointer: number;

  /**
   * Traps where it is no place for so many elements.
   *
   * @param fail ends the guest, where its elements turn out to be wrong while the host reads or writes them
   */
  constructor(elements: Elements, pointer: number, length: number, fail: (thrown: unknown) => void) {
    if (length > mostElements) trap(`${length} elements at once; at most ${mostElements} may be moved`);
    this.#pointer = length === 0 ? 0 : elements.range(pointer, length);
    this.elements = elements;
    this.fail = fail;
    this.length = length;
  }

  get remain(): number {
    return this.length - this.moved;
  }

  /** Where the next element lies. */
  protected get at(): number {
    return this.#pointer + this.moved * this.elements.size;
  }
}

/** Elements that a guest writes to a stream or future. */
export class GuestSource extends GuestBuffer implements SourceBuffer {
  take(count: number): Chunk {
    const chunk = this.elements.load(this.at, count);
    this.moved += count;
    return chunk;
  }
}

/** Room for elements that a guest reads from a stream or future. */
export class GuestTarget extends GuestBuffer implements TargetBuffer {
  put(chunk: Chunk): void {
    this.elements.store(this.at, chunk);
    this.moved += chunk.length;
  }
}
