import type { OperationName } from './operation-name.ts';

/** A keyvalue operation of a component, as tests, `--json` and the inspector's API have it: the fields of its record. */
export interface KeyvalueOperation {
  /** The package that the operation belongs to: `wasi:keyvalue`. */
  readonly interface: string;
  readonly op: OperationName;
  readonly bucket: string;
  /** Absent where the operation has no single key. */
  readonly key?: string | undefined;
  /** Whether a read found the key, or a swap was done. */
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
