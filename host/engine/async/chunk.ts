/** Elements that are moved through a stream or a future: bytes, other values, or nothing but their number where they have no type. */
export type Chunk = Uint8Array | readonly unknown[];

/** How many elements the host holds at a time while they go from one memory to the other; a longer move is of several chunks. */
export const mostAtOnce = 2 ** 16;

/** Elements that may lie in memory which is used anew soon, as elements of their own. */
export function ownChunk(chunk: Chunk): Chunk {
  if (!(chunk instanceof Uint8Array)) return chunk;
  const { buffer, byteLength } = chunk;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return chunk;
  const own = new Uint8Array(byteLength);
  own.set(chunk);
  return own;
}

/** What elements are taken from. */
export interface SourceBuffer {
  /** How many elements it had, or has room for, at first. */
  readonly length: number;
  /** How many elements are left in it. */
  readonly remain: number;
  /** Ends the guest whose elements they are, with what went wrong where nobody of the guest could be told. */
  fail?(thrown: unknown): void;
  /** Bytes may be lent: they are to be used before whoever wrote them goes on. */
  take(count: number): Chunk;
}

/** What elements are put into. */
export interface TargetBuffer {
  readonly length: number;
  /** For how many elements there is room. */
  readonly remain: number;
  /** See `SourceBuffer.fail`. */
  fail?(thrown: unknown): void;
  /** Bytes may be lent; see `SourceBuffer.take`. */
  put(chunk: Chunk): void;
}
