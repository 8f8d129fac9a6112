/** One keyvalue operation of a guest, as it is shown beside its request. */
export interface Operation {
  readonly op: string;
  readonly bucket: string;
  /** Absent where the operation has no single key. */
  readonly key?: string;
  /** Whether a read found the key. */
  readonly hit?: boolean;
  /** How many keys a batch or a listing had. */
  readonly count?: number;
  /** Size of the value that was read or written, in bytes. */
  readonly size?: number;
  /**
   * When it began, in milliseconds: by the clock that the threads share while its request runs, from the
   * request's head in a report.
   */
  start: number;
  /** The `error` case and reason, when it failed. */
  readonly error?: string;
  readonly milliseconds: number;
}

/** Takes note of operations. */
export type Recorder = (operation: Operation) => void;
