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

/** Operations as they travel between threads: the fields of each in turn, in the order of `Operation`. */
export type PackedOperations = readonly (string | number | boolean | undefined)[];

const fields = 9;

/** The operations of one request at a time. */
export class OperationLog {
  #packed: (string | number | boolean | undefined)[] = [];
  #begun = 0;

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
    this.#packed.push(op, bucket, key, hit, count, size, error, started - this.#begun, milliseconds);
  }

  /** What was noted since the last call. */
  take(): PackedOperations {
    const packed = this.#packed;
    this.#packed = [];
    return packed;
  }
}

export function unpackOperations(packed: PackedOperations): Operation[] {
  const operations: Operation[] = [];
  for (let at = 0; at + fields <= packed.length; at += fields) {
    operations.push({
      op: packed[at] as string,
      bucket: packed[at + 1] as string,
      key: packed[at + 2] as string | undefined,
      hit: packed[at + 3] as boolean | undefined,
      count: packed[at + 4] as number | undefined,
      size: packed[at + 5] as number | undefined,
      error: packed[at + 6] as string | undefined,
      start: packed[at + 7] as number,
      milliseconds: packed[at + 8] as number,
    });
  }
  return operations;
}
