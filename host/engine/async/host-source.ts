import type { MaybePromise } from '../../shared/maybe-promise.ts';
import { type Chunk, ownChunk, type TargetBuffer } from './chunk.ts';
import { type Copying, copyResults } from './rendezvous.ts';
import type { ReadableStream } from './shared-stream.ts';

/** Where the host takes the elements of a stream from that a guest reads. */
export interface ChunkSource {
  /**
   * Some elements, at most so many and at least one; undefined at the end. Called again only when it has answered. Bytes may lie in
   * memory that is used anew with the next call.
   */
  read(most: number): MaybePromise<Chunk | undefined>;
  /** The guest wants nothing more. */
  cancel?(): void;
  /** Whether its end came before all elements had. Default: it did not. */
  isBroken?(): boolean;
}

/** A stream from the host to a guest: elements are asked for when the guest reads. */
export class HostSource implements ReadableStream {
  readonly #source: ChunkSource;
  #reading: { readonly target: TargetBuffer; readonly copying: Copying } | undefined;
  /** What came for a read that was cancelled. */
  #kept: Chunk | undefined;
  #isAsked = false;
  #isOver = false;

  constructor(source: ChunkSource) {
    this.#source = source;
  }

  get isBroken(): boolean {
    return this.#isOver && this.#source.isBroken?.() === true;
  }

  read(_owner: object, target: TargetBuffer, copying: Copying): void {
    if (this.#isOver && this.#kept === undefined) {
      copying.done(copyResults.dropped);
      return;
    }
    // A read of nothing asks whether there is something.
    this.#reading = { target, copying };
    if (this.#kept !== undefined) this.#give(this.#kept);
    else if (!this.#isAsked) this.#ask(Math.max(1, target.remain));
  }

  cancel(): void {
    const reading = this.#reading;
    this.#reading = undefined;
    reading?.copying.done(copyResults.cancelled);
  }

  drop(): void {
    this.#kept = undefined;
    if (this.#isOver) return;
    this.#isOver = true;
    this.#source.cancel?.();
  }

  #ask(most: number): void {
    const chunk = this.#source.read(most);
    if (!(chunk instanceof Promise)) {
      this.#came(chunk);
      return;
    }
    this.#isAsked = true;
    // Whoever reads from outside ends the stream by itself where that breaks.
    chunk.then(
      (given) => {
        this.#isAsked = false;
        this.#cameLater(given);
      },
      () => {
        this.#isAsked = false;
        this.#cameLater(undefined);
      },
    );
  }

  /** Nobody of the guest can be told where it has no place for the elements: it ends. */
  #cameLater(chunk: Chunk | undefined): void {
    const target = this.#reading?.target;
    try {
      this.#came(chunk);
    } catch (thrown) {
      if (target?.fail === undefined) throw thrown;
      target.fail(thrown);
    }
  }

  #came(chunk: Chunk | undefined): void {
    if (chunk === undefined) {
      this.#isOver = true;
      const reading = this.#reading;
      this.#reading = undefined;
      reading?.copying.done(copyResults.dropped);
      return;
    }
    if (this.#reading === undefined) this.#kept = ownChunk(chunk);
    else this.#give(chunk);
  }

  #give(chunk: Chunk): void {
    const reading = this.#reading;
    if (reading === undefined) return;
    const { target, copying } = reading;
    this.#reading = undefined;
    const count = Math.min(target.remain, chunk.length);
    this.#kept = count < chunk.length ? ownChunk(rest(chunk, count)) : undefined;
    if (count > 0) target.put(count === chunk.length ? chunk : first(chunk, count));
    copying.done(copyResults.completed);
  }
}

function first(chunk: Chunk, count: number): Chunk {
  return chunk instanceof Uint8Array ? chunk.subarray(0, count) : chunk.slice(0, count);
}

function rest(chunk: Chunk, count: number): Chunk {
  return chunk instanceof Uint8Array ? chunk.subarray(count) : chunk.slice(count);
}
