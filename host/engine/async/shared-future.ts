import type { SourceBuffer, TargetBuffer } from './chunk.ts';
import { type Copying, copyResults, Rendezvous } from './rendezvous.ts';

/** What both ends of a future have in common, as the reader sees it. The buffers have room for one element. */
export interface ReadableFuture {
  read(owner: object, target: TargetBuffer, copying: Copying): void;
  cancel(): void;
  /** The host could not take what it read; absent where the host writes. */
  refuse?(thrown: unknown): void;
  /** The reader is gone. A writer must have written before it goes. */
  drop(): void;
}

/** The same for the writer. */
export interface WritableFuture {
  write(owner: object, source: SourceBuffer, copying: Copying): void;
  cancel(): void;
  drop(): void;
}

/** A future between two guests. Source: `CanonicalABI.md`, "Future State". */
export class SharedFuture extends Rendezvous implements ReadableFuture, WritableFuture {
  protected readonly ownRefusal = 'a component reads its own future, whose value is more than a number';

  read(owner: object, target: TargetBuffer, copying: Copying): void {
    const pending = this.meet(owner, target, copying);
    if (pending === undefined) return;
    target.put((pending.buffer as SourceBuffer).take(1));
    this.end(copyResults.completed);
    copying.done(copyResults.completed);
  }

  write(owner: object, source: SourceBuffer, copying: Copying): void {
    if (this.isDropped) {
      copying.done(copyResults.dropped);
      return;
    }
    const pending = this.meet(owner, source, copying);
    if (pending === undefined) return;
    (pending.buffer as TargetBuffer).put(source.take(1));
    this.end(copyResults.completed);
    copying.done(copyResults.completed);
  }
}
