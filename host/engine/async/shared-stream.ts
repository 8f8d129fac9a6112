import { trap } from '../guest-trap.ts';
import type { SourceBuffer, TargetBuffer } from './chunk.ts';

/** How a read or write ended. The numbers are the guest's. */
export const copyResults = { completed: 0, dropped: 1, cancelled: 2 } as const;
export type CopyResult = (typeof copyResults)[keyof typeof copyResults];

/** Who is told of a read or write that waits for the other end. */
export interface Copying {
  /** Elements were moved; more may be until `reclaim` is called, which ends it. */
  copied(reclaim: () => void): void;
  /** It has ended. */
  done(result: CopyResult): void;
}

/** What both ends of a stream have in common, as the reader sees it. */
export interface ReadableStream {
  /** @param owner who reads: an instance, or the host */
  read(owner: object, target: TargetBuffer, copying: Copying): void;
  /** Ends the read that waits. */
  cancel(): void;
  /** The end is gone. */
  drop(): void;
}

/** The same for the writer. */
export interface WritableStream {
  write(owner: object, source: SourceBuffer, copying: Copying): void;
  cancel(): void;
  drop(): void;
}

interface Pending {
  readonly owner: object;
  readonly buffer: SourceBuffer | TargetBuffer;
  readonly copying: Copying;
}

/** A stream between two guests, or between one and itself: elements go from one end's memory to the other's. Source: `CanonicalABI.md`, "Stream State". */
export class SharedStream implements ReadableStream, WritableStream {
  /** Whether a component may have both ends and use them; elements other than numbers may not be moved that way. */
  readonly #mayBeOwn: boolean;
  #isDropped = false;
  #pending: Pending | undefined;

  constructor(mayBeOwn: boolean) {
    this.#mayBeOwn = mayBeOwn;
  }

  read(owner: object, target: TargetBuffer, copying: Copying): void {
    const pending = this.#meet(owner, target, copying);
    if (pending === undefined) return;
    const source = pending.buffer as SourceBuffer;
    if (source.remain === 0) {
      // A write of no elements asks whether somebody reads.
      this.#end(copyResults.completed);
      this.#pending = { owner, buffer: target, copying };
      return;
    }
    if (target.remain > 0) this.#move(source, target, pending);
    copying.done(copyResults.completed);
  }

  write(owner: object, source: SourceBuffer, copying: Copying): void {
    const pending = this.#meet(owner, source, copying);
    if (pending === undefined) return;
    const target = pending.buffer as TargetBuffer;
    if (target.remain > 0) {
      if (source.remain > 0) this.#move(source, target, pending);
      copying.done(copyResults.completed);
    } else if (source.length === 0 && target.length === 0) {
      copying.done(copyResults.completed);
    } else {
      this.#end(copyResults.completed);
      this.#pending = { owner, buffer: source, copying };
    }
  }

  cancel(): void {
    this.#end(copyResults.cancelled);
  }

  drop(): void {
    if (this.#isDropped) return;
    this.#isDropped = true;
    if (this.#pending !== undefined) this.#end(copyResults.dropped);
  }

  /** What the other end waits with; where there is none, this end waits. */
  #meet(owner: object, buffer: SourceBuffer | TargetBuffer, copying: Copying): Pending | undefined {
    if (this.#isDropped) {
      copying.done(copyResults.dropped);
      return undefined;
    }
    const pending = this.#pending;
    if (pending === undefined) {
      this.#pending = { owner, buffer, copying };
      return undefined;
    }
    if (pending.owner === owner && !this.#mayBeOwn) {
      trap('a component reads from its own stream, whose elements are more than numbers');
    }
    return pending;
  }

  #move(source: SourceBuffer, target: TargetBuffer, pending: Pending): void {
    target.put(source.take(Math.min(source.remain, target.remain)));
    pending.copying.copied(() => {
      if (this.#pending === pending) this.#pending = undefined;
    });
  }

  #end(result: CopyResult): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.copying.done(result);
  }
}
