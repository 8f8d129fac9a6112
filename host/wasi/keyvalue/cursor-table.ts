import { StoreError } from '../../backends/backend.ts';

interface Position {
  readonly bucket: string;
  readonly cursor: string;
}

/** How many listings may be under way at once before the oldest is forgotten. */
const mostPositions = 10_000;

/**
 * Numbers for the positions of listings, for the dialect whose cursor is a u64. Positions outlive the
 * request, since a guest may hand its cursor to a client and get it back.
 */
export class CursorTable {
  readonly #positions = new Map<bigint, Position>();
  #last = 0n;

  numberFor(bucket: string, cursor: string): bigint {
    this.#last += 1n;
    this.#positions.set(this.#last, { bucket, cursor });
    if (this.#positions.size > mostPositions) {
      for (const oldest of this.#positions.keys()) {
        this.#positions.delete(oldest);
        break;
      }
    }
    return this.#last;
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
