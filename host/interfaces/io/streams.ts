import { lentLength } from '../../engine/abi/guest-memory.ts';
import { trap } from '../../engine/guest-trap.ts';
import type { MaybePromise } from '../../shared/maybe-promise.ts';
import { IoError } from './io-error.ts';
import { Pollable } from './poll.ts';

/** `wasi:io/streams` stream-error, thrown as the payload of a result. */
export type StreamError =
  | { readonly tag: 'closed' }
  | { readonly tag: 'last-operation-failed'; readonly val: IoError };

export const closed: StreamError = { tag: 'closed' };

export function failed(reason: string): StreamError {
  return { tag: 'last-operation-failed', val: new IoError(reason) };
}

/**
 * Where the bytes of an input stream come from. `read` answers at most `limit` bytes, an empty array when
 * there are none yet, and throws a `StreamError` at the end. Where the array is one of shared memory, it is so until the next call.
 */
export interface ByteSource {
  read(limit: number): Uint8Array;
  /** True when `read` would answer bytes, the end or an error. */
  readonly ready: boolean;
  whenReady(): Promise<void>;
  close?(): void;
}

/** Where the bytes of an output stream go. Its functions throw a `StreamError`. */
export interface ByteSink {
  /** How many bytes `write` takes now; 0 while the reader is behind. */
  permit(): number;
  /** Takes the bytes over: the array is never changed afterwards by the caller. */
  write(bytes: Uint8Array): void;
  /** It does not take arrays of `lentLength` over but copies them: they may be lent. Default: it takes them over. */
  readonly copies?: boolean;
  /** Hands everything written on, without waiting for it to be read. */
  flush(): void;
  /** Resolves when the permit may have grown, or the stream has failed. */
  whenReady(): Promise<void>;
  close?(): void;
}

/** No read is larger than this, whatever the guest asks for, so that a guest can't make the host allocate. */
const largestRead = 1024 * 1024;
/** The most that one `blocking-write-and-flush` may carry, by the WIT. */
const largestBlockingWrite = 4096;

/** `wasi:io/streams` input-stream. */
export class InputStream {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  read(length: bigint): Uint8Array {
    return this.#source.read(Math.min(Number(length), largestRead));
  }

  blockingRead(length: bigint): MaybePromise<Uint8Array> {
    if (length === 0n || this.#source.ready) return this.read(length);
    return this.#readWhenReady(length);
  }

  skip(length: bigint): bigint {
    return BigInt(this.read(length).length);
  }

  blockingSkip(length: bigint): MaybePromise<bigint> {
    const bytes = this.blockingRead(length);
    return bytes instanceof Promise ? bytes.then(({ length }) => BigInt(length)) : BigInt(bytes.length);
  }

  subscribe(): Pollable {
    const source = this.#source;
    return new Pollable(
      () => source.ready,
      () => source.whenReady(),
    );
  }

  async #readWhenReady(length: bigint): Promise<Uint8Array> {
    while (!this.#source.ready) await this.#source.whenReady();
    return this.read(length);
  }

  [Symbol.dispose](): void {
    this.#source.close?.();
  }
}

/** `wasi:io/streams` output-stream. */
export class OutputStream {
  /** What the methods are given is used at once or copied. */
  static readonly lends = true;
  readonly #sink: ByteSink;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  checkWrite(): bigint {
    return BigInt(this.#sink.permit());
  }

  /** Writing more than the last `check-write` permitted traps, by the WIT. */
  write(bytes: Uint8Array): void {
    if (bytes.length > this.#sink.permit()) {
      trap(`output-stream.write of ${bytes.length} bytes without permission from check-write`);
    }
    if (bytes.length > 0) this.#pass(bytes);
  }

  blockingWriteAndFlush(bytes: Uint8Array): MaybePromise<void> {
    if (bytes.length > largestBlockingWrite) {
      trap(`output-stream.blocking-write-and-flush of ${bytes.length} bytes: at most 4096 are allowed`);
    }
    if (bytes.length > this.#sink.permit()) return this.#writeWhenReady(owned(bytes));
    this.#writeAndFlush(bytes);
  }

  flush(): void {
    this.#sink.permit();
    this.#sink.flush();
  }

  /** Waits only while the reader is so far behind that nothing more may be written. */
  blockingFlush(): MaybePromise<void> {
    this.flush();
    if (this.#sink.permit() === 0) return this.#untilPermitted();
  }

  subscribe(): Pollable {
    const sink = this.#sink;
    return new Pollable(
      () => hasPermitOrFailed(sink),
      () => sink.whenReady(),
    );
  }

  writeZeroes(length: bigint): void {
    if (length > BigInt(this.#sink.permit())) {
      trap(`output-stream.write-zeroes of ${length} bytes without permission from check-write`);
    }
    this.write(new Uint8Array(Number(length)));
  }

  blockingWriteZeroesAndFlush(length: bigint): MaybePromise<void> {
    if (length > largestBlockingWrite) {
      trap(`output-stream.blocking-write-zeroes-and-flush of ${length} bytes: at most 4096 are allowed`);
    }
    return this.blockingWriteAndFlush(new Uint8Array(Number(length)));
  }

  splice(source: InputStream, length: bigint): bigint {
    const permit = BigInt(this.#sink.permit());
    const bytes = source.read(length < permit ? length : permit);
    this.write(unshared(bytes));
    return BigInt(bytes.length);
  }

  blockingSplice(source: InputStream, length: bigint): MaybePromise<bigint> {
    return this.#spliceWhenReady(source, length);
  }

  async #writeWhenReady(bytes: Uint8Array): Promise<void> {
    while (bytes.length > this.#sink.permit()) await this.#sink.whenReady();
    this.#writeAndFlush(bytes);
  }

  #writeAndFlush(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#pass(bytes);
    this.#sink.flush();
  }

  #pass(bytes: Uint8Array): void {
    this.#sink.write(this.#sink.copies === true ? bytes : owned(bytes));
  }

  async #untilPermitted(): Promise<void> {
    while (this.#sink.permit() === 0) await this.#sink.whenReady();
  }

  async #spliceWhenReady(source: InputStream, length: bigint): Promise<bigint> {
    if (length === 0n) return 0n;
    await this.#untilPermitted();
    const permit = BigInt(this.#sink.permit());
    let bytes = unshared(await source.blockingRead(length < permit ? length : permit));
    // While the source was waited for, whoever takes the bytes may have come to have less room.
    while (bytes.length > this.#sink.permit()) {
      bytes = owned(bytes);
      await this.#sink.whenReady();
    }
    this.write(bytes);
    return BigInt(bytes.length);
  }

  [Symbol.dispose](): void {
    this.#sink.close?.();
  }
}

/** Bytes that were perhaps lent, as an array of their own. */
function owned(bytes: Uint8Array): Uint8Array {
  return bytes.length < lentLength ? bytes : Uint8Array.from(bytes);
}

/** Bytes of a source, where a short array has to be one of its own. */
function unshared(bytes: Uint8Array): Uint8Array {
  const isShared = bytes.length < lentLength && bytes.buffer instanceof SharedArrayBuffer;
  return isShared ? Uint8Array.from(bytes) : bytes;
}

/** A stream that has failed is ready: the next call tells why. */
function hasPermitOrFailed(sink: ByteSink): boolean {
  try {
    return sink.permit() > 0;
  } catch {
    return true;
  }
}
