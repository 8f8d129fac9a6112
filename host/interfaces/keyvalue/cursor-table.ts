import { StoreError } from './backends/backend.ts';

/** Where a listing stands: a cursor of a bucket, by the number that a guest has for it. */
export interface Position {
  readonly number: bigint;
  readonly bucket: string;
  readonly cursor: string;
}

/** How many listings may be under way at once before the oldest is forgotten. */
export const mostPositions = 10_000;
/** How many positions a thread may number before it would use the numbers of another. */
const numbersOfThread = 2n ** 40n;

/** How the threads of a host keep their numbers apart and tell each other of them. */
export interface CursorTableOptions {
  /** Counts the threads of a host from 1. Default 1. */
  readonly generation?: number;
  /** Told of every position that gets a number here. Default: nobody is. */
  readonly onPosition?: (position: Position) => void;
}

/**
 * Numbers for the positions of listings, for the dialect whose cursor is a u64. Positions outlive the
 * request, since a guest may hand its cursor to a client and get it back, perhaps in another thread.
 */
export class CursorTable {
  readonly #positions = new Map<bigint, Position>();
  readonly #onPosition: (position: Position) => void;
  #last: bigint;

  constructor({ generation = 1, onPosition = () => {} }: CursorTableOptions = {}) {
    this.#last = BigInt(generation - 1) * numbersOfThread;
    this.#onPosition = onPosition;
  }

  numberFor(bucket: string, cursor: string): bigint {
    this.#last += 1n;
    const position = { number: this.#last, bucket, cursor };
    this.learn(position);
    this.#onPosition(position);
    return this.#last;
  }

  /** Takes over a position that another thread gave a number to. */
  learn(position: Position): void {
    rememberPosition(this.#positions, position);
  }

  /** Throws a `StoreError` for a number that was not given out for this bucket, or too long ago. */
  cursorFor(bucket: string, number: bigint): string {
    const position = this.#positions.get(number);
    if (position?.bucket !== bucket) {
      throw new StoreError(
        'other',
        `list-keys: cursor ${number} is not one that bucket '${bucket}' gave out, or too old`,
      );
    }
    return position.cursor;
  }
}

/** Adds a position and forgets the oldest where there would be more than `mostPositions`. */
export function rememberPosition(positions: Map<bigint, Position>, position: Position): void {
  positions.set(position.number, position);
  if (positions.size <= mostPositions) return;
  for (const oldest of positions.keys()) {
    positions.delete(oldest);
    return;
  }
}
