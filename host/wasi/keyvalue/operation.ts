import { absent, lengthOf, TextPieces } from '../../text-pieces.ts';

/** One keyvalue operation of a guest, as it is shown beside its request. */
export interface Operation {
  readonly op: string;
  readonly bucket: string;
  /** Absent where the operation has no single key. */
  readonly key?: string | undefined;
  /** Whether a read found the key. */
  readonly hit?: boolean | undefined;
  /** How many keys a batch or a listing had. */
  readonly count?: number | undefined;
  /** Size of the value that was read or written, in bytes. */
  readonly size?: number | undefined;
  /** The `error` case and reason, when it failed. */
  readonly error?: string | undefined;
  /** From the moment at which the guest got the request, in milliseconds. */
  readonly start: number;
  readonly milliseconds: number;
}

/** Operations as they travel between threads and wait to be looked at, which most never are. */
export interface PackedOperations {
  /** The texts of all of them, one after the other. */
  readonly text: string;
  /** Of each: how long each of its texts is, -1 where it is absent, then its other fields. See `numbersOfEach`. */
  readonly numbers: readonly number[];
}

/** How many numbers stand for an operation. */
const numbersOfEach = 9;

export const noOperations: PackedOperations = { text: '', numbers: [] };

/** How many operations of one request are noted, and how much text; of those beyond only the number is. */
export const mostNoted = 10_000;
const mostText = 1024 * 1024;

/** The operations of one request at a time. */
export class OperationLog {
  #text = '';
  #numbers: number[] = [];
  #begun = 0;
  #omitted = 0;

  /** A request begins. */
  begin(): void {
    this.#begun = performance.now();
  }

  /** @param started the moment at which the operation was called; it has ended now */
  note(
    op: string,
    bucket: string,
    key: string | undefined,
    { hit, count, size, error }: Pick<Operation, 'hit' | 'count' | 'size' | 'error'>,
    started: number,
  ): void {
    const milliseconds = performance.now() - started;
    if (this.#numbers.length >= mostNoted * numbersOfEach || this.#text.length > mostText) {
      this.#omitted += 1;
      return;
    }
    this.#text += op + bucket;
    if (key !== undefined) this.#text += key;
    if (error !== undefined) this.#text += error;
    this.#numbers.push(
      op.length,
      bucket.length,
      lengthOf(key),
      lengthOf(error),
      hit === undefined ? absent : Number(hit),
      count ?? absent,
      size ?? absent,
      started - this.#begun,
      milliseconds,
    );
  }

  #noteOmitted(): void {
    const op = 'more';
    this.#text += op;
    this.#numbers.push(op.length, 0, absent, absent, absent, this.#omitted, absent, 0, 0);
    this.#omitted = 0;
  }

  /** What was noted since the last call; of more than `mostNoted` the last one is `more`, with their number as `count`. */
  take(): PackedOperations {
    if (this.#numbers.length === 0) return noOperations;
    if (this.#omitted > 0) this.#noteOmitted();
    const packed = { text: this.#text, numbers: this.#numbers };
    this.#text = '';
    this.#numbers = [];
    return packed;
  }
}

export function unpackOperations({ text, numbers }: PackedOperations): Operation[] {
  const operations: Operation[] = [];
  const texts = new TextPieces(text);
  for (let at = 0; at < numbers.length; at += numbersOfEach) {
    const [
      opLength = 0,
      bucketLength = 0,
      keyLength = 0,
      errorLength = 0,
      hit = 0,
      count,
      size,
      start = 0,
      milliseconds = 0,
    ] = numbers.slice(at, at + numbersOfEach);
    operations.push({
      op: texts.next(opLength),
      bucket: texts.next(bucketLength),
      key: texts.optional(keyLength),
      error: texts.optional(errorLength),
      hit: hit === absent ? undefined : hit === 1,
      count: count === absent ? undefined : count,
      size: size === absent ? undefined : size,
      start,
      milliseconds,
    });
  }
  return operations;
}
