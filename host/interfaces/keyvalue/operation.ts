import { absent, lengthOf, PackedStrings } from '../../shared/packed-strings.ts';

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
  /** How many were made between the first and the last ones, and are not kept. */
  readonly omitted: number;
}

/** How many numbers stand for an operation. */
const numbersOfEach = 9;
/** A longer key is none, and a longer error says nothing more. */
const longestKey = 65_536;
const longestError = 1000;
/** How long an operation may have been the last sign of a guest that makes operations, in milliseconds. */
const progressEvery = 500;

export const noOperations: PackedOperations = { text: '', numbers: [], omitted: 0 };

/** How many operations of one request are kept, and characters of their texts: the first ones, and as many of the last. */
export interface OperationBounds {
  readonly operations: number;
  readonly text: number;
}

/** What a host keeps. */
export const defaultBounds: OperationBounds = { operations: 500, text: 512 * 1024 };

/** The operations of one request at a time, of which many are not kept: a guest may make millions. */
export class OperationLog {
  readonly #bounds: OperationBounds;
  readonly #progress: () => void;
  #text = '';
  #numbers: number[] = [];
  /** Full parts: the first ones, and the last ones before those above. */
  #first: { readonly text: string; readonly numbers: readonly number[] } | undefined;
  #last: { readonly text: string; readonly numbers: readonly number[] } | undefined;
  #omitted = 0;
  #begun = 0;
  #told = 0;

  /** @param progress called every half second while operations are made */
  constructor(bounds: OperationBounds = defaultBounds, progress: () => void = () => {}) {
    this.#bounds = bounds;
    this.#progress = progress;
  }

  /** A request begins. */
  begin(): void {
    this.#begun = performance.now();
    this.#told = this.#begun;
  }

  /** @param started the moment at which the operation was called; it has ended now */
  note(
    op: string,
    bucket: string,
    key: string | undefined,
    { hit, count, size, error }: Pick<Operation, 'hit' | 'count' | 'size' | 'error'>,
    started: number,
  ): void {
    // The answer to a guest that was given up: the instance serves another request by now.
    if (started < this.#begun) return;
    const now = performance.now();
    const kept = key !== undefined && key.length > longestKey ? key.slice(0, longestKey) : key;
    const reason = error !== undefined && error.length > longestError ? error.slice(0, longestError) : error;
    this.#text += op + bucket;
    if (kept !== undefined) this.#text += kept;
    if (reason !== undefined) this.#text += reason;
    this.#numbers.push(
      op.length,
      bucket.length,
      lengthOf(kept),
      lengthOf(reason),
      hit === undefined ? absent : Number(hit),
      count ?? absent,
      size ?? absent,
      started - this.#begun,
      now - started,
    );
    const { operations, text } = this.#bounds;
    if (this.#numbers.length >= operations * numbersOfEach || this.#text.length >= text) this.#fill();
    if (now - this.#told > progressEvery) {
      this.#told = now;
      this.#progress();
    }
  }

  /** What was noted since the last call. */
  take(): PackedOperations {
    const first = this.#first;
    if (this.#numbers.length === 0 && first === undefined) return noOperations;
    const last = this.#last;
    const packed = {
      text: (first?.text ?? '') + (last?.text ?? '') + this.#text,
      numbers:
        first === undefined ? this.#numbers : [...first.numbers, ...(last?.numbers ?? []), ...this.#numbers],
      omitted: this.#omitted,
    };
    this.#text = '';
    this.#numbers = [];
    this.#first = undefined;
    this.#last = undefined;
    this.#omitted = 0;
    return packed;
  }

  /** Forgets what was noted since the last `take`. */
  clear(): void {
    if (this.#numbers.length > 0 || this.#first !== undefined) this.take();
  }

  /** A part is full. */
  #fill(): void {
    const part = { text: this.#text, numbers: this.#numbers };
    if (this.#first === undefined) this.#first = part;
    else {
      this.#omitted += (this.#last?.numbers.length ?? 0) / numbersOfEach;
      this.#last = part;
    }
    this.#text = '';
    this.#numbers = [];
  }
}

/** Those that are kept. */
export function unpackOperations({ text, numbers }: PackedOperations): Operation[] {
  const operations: Operation[] = [];
  const texts = new PackedStrings(text);
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

/** How many operations were made. */
export function countOperations({ numbers, omitted }: PackedOperations): number {
  return numbers.length / numbersOfEach + omitted;
}
