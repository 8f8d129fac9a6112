import type { BlobOperationName } from './operation-name.ts';

/** A blobstore operation of a component, as tests, `--json` and the inspector's API have it: the fields of its record. */
export interface BlobOperation {
  /** The package that the operation belongs to: `wasi:blobstore`, for `wasmcloud:blobstore` too. */
  readonly interface: string;
  readonly op: BlobOperationName;
  /** Of a copy or move, that of the source. */
  readonly container: string;
  /** Absent where the operation has no single object. */
  readonly object?: string | undefined;
  /** Whether there was one. */
  readonly hit?: boolean | undefined;
  /** How many objects were deleted at once. */
  readonly count?: number | undefined;
  /** How much was read, written or looked at, in bytes. */
  readonly size?: number | undefined;
  /** The reason, when it failed. */
  readonly error?: string | undefined;
  /** From the moment at which the guest got the request, in milliseconds. */
  readonly start: number;
  readonly milliseconds: number;
}
