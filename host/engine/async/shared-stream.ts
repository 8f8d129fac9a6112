import { mostAtOnce, type SourceBuffer, type TargetBuffer } from './chunk.ts';
import { type Copying, copyResults, type Pending, Rendezvous } from './rendezvous.ts';

/** What both ends of a stream have in common, as the reader sees it. */
export interface ReadableStream {
  /** Of a stream that the host writes: its end came before all elements had. No guest can tell, but the host can that gets it back. */
  readonly isBroken?: boolean;
  /** @param owner who reads: an instance, or the host */
  read(owner: object, target: TargetBuffer, copying: Copying): void;
  /** Ends the read that waits. */
  cancel(): void;
  /** The host could not take what it read; absent where the host writes. */
  refuse?(thrown: unknown): void;
  /** The end is gone. */
  drop(): void;
}

/** The same for the writer. */
export interface WritableStream {
  write(owner: object, source: SourceBuffer, copying: Copying): void;
  cancel(): void;
  drop(): void;
}

/** A stream between two guests, or between one and itself: elements go from one end's memory to the other's. Source: `CanonicalABI.md`, "Stream State". */
export class SharedStream extends Rendezvous implements ReadableStream, WritableStream {
  protected readonly ownRefusal =
    'a component reads from its own stream, whose elements are more than numbers';

  read(owner: object, target: TargetBuffer, copying: Copying): void {
    const pending = this.#meetUnlessDropped(owner, target, copying);
    if (pending === undefined) return;
    const source = pending.buffer as SourceBuffer;
    if (source.remain === 0) {
      // A write of no elements asks whether somebody reads.
      this.end(copyResults.completed);
      this.pending = { owner, buffer: target, copying };
      return;
    }
    if (target.remain > 0) this.#move(source, target, pending);
    copying.done(copyResults.completed);
  }

  write(owner: object, source: SourceBuffer, copying: Copying): void {
    const pending = this.#meetUnlessDropped(owner, source, copying);
    if (pending === undefined) return;
    const target = pending.buffer as TargetBuffer;
    if (target.remain > 0) {
      if (source.remain > 0) this.#move(source, target, pending);
      copying.done(copyResults.completed);
    } else if (source.length === 0 && target.length === 0) {
      copying.done(copyResults.completed);
    } else {
      this.end(copyResults.completed);
      this.pending = { owner, buffer: source, copying };
    }
  }

  #meetUnlessDropped(
    owner: object,
    buffer: SourceBuffer | TargetBuffer,
    copying: Copying,
  ): Pending | undefined {
    if (!this.isDropped) return this.meet(owner, buffer, copying);
    copying.done(copyResults.dropped);
    return undefined;
  }

  #move(source: SourceBuffer, target: TargetBuffer, pending: Pending): void {
    for (let left = Math.min(source.remain, target.remain); left > 0; ) {
      const count = Math.min(left, mostAtOnce);
      target.put(source.take(count));
      left -= count;
    }
    pending.copying.copied(() => {
      if (this.pending === pending) this.pending = undefined;
    });
  }
}
