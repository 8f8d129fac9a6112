import { trap } from '../guest-trap.ts';
import type { SourceBuffer, TargetBuffer } from './chunk.ts';
import { type Copying, type CopyResult, copyResults } from './shared-stream.ts';

/** What both ends of a future have in common, as the reader sees it. The buffers have room for one element. */
export interface ReadableFuture {
  read(owner: object, target: TargetBuffer, copying: Copying): void;
  cancel(): void;
  drop(): void;
}

/** The same for the writer. */
export interface WritableFuture {
  write(owner: object, source: SourceBuffer, copying: Copying): void;
  cancel(): void;
  drop(): void;
}

interface Pending {
  readonly owner: object;
  readonly buffer: SourceBuffer | TargetBuffer;
  readonly copying: Copying;
}

/** A future between two guests. Source: `CanonicalABI.md`, "Future State". */
export class SharedFuture implements ReadableFuture, WritableFuture {
  readonly #mayBeOwn: boolean;
  #isDropped = false;
  #pending: Pending | undefined;

  constructor(mayBeOwn: boolean) {
    this.#mayBeOwn = mayBeOwn;
  }

  read(owner: object, target: TargetBuffer, copying: Copying): void {
    const pending = this.#meet(owner, target, copying);
    if (pending === undefined) return;
    target.put((pending.buffer as SourceBuffer).take(1));
    this.#end(copyResults.completed);
    copying.done(copyResults.completed);
  }

  write(owner: object, source: SourceBuffer, copying: Copying): void {
    if (this.#isDropped) {
      copying.done(copyResults.dropped);
      return;
    }
    const pending = this.#meet(owner, source, copying);
    if (pending === undefined) return;
    (pending.buffer as TargetBuffer).put(source.take(1));
    this.#end(copyResults.completed);
    copying.done(copyResults.completed);
  }

  cancel(): void {
    this.#end(copyResults.cancelled);
  }

  /** Of the reader: a writer must have written before it goes. */
  drop(): void {
    if (this.#isDropped) return;
    this.#isDropped = true;
    if (this.#pending !== undefined) this.#end(copyResults.dropped);
  }

  #meet(owner: object, buffer: SourceBuffer | TargetBuffer, copying: Copying): Pending | undefined {
    const pending = this.#pending;
    if (pending === undefined) {
      this.#pending = { owner, buffer, copying };
      return undefined;
    }
    if (pending.owner === owner && !this.#mayBeOwn) {
      trap('a component reads its own future, whose value is more than a number');
    }
    return pending;
  }

  #end(result: CopyResult): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.copying.done(result);
  }
}
