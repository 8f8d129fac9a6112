import type { Blocks } from './blocks.ts';
import type { RingBuffer } from './ring-buffer.ts';

/** Sends values of one kind to another thread: short ones as records, others as messages. */
export interface Sending<T, Message = unknown> {
  /** How many bytes it takes as a record, at most; undefined where it can't be one. */
  size(value: T): number | undefined;
  /**
   * Writes it from an offset on that is a multiple of 8, its long bytes to a block. Answers where it ends; undefined where there is
   * no block now.
   */
  write(ring: RingBuffer, at: number, value: T, blocks: Blocks): number | undefined;
  /** It as a message, with buffers of its own that are handed over. */
  message(value: T): { readonly value: Message; readonly transfer: ArrayBuffer[] };
}
