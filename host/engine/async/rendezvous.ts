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

/**
 * The host reads what a guest may have written already: where that turns out to be wrong, it is the guest that ends, and not whoever reads.
 *
 * @param shared the stream or future
 */
export function refuse(shared: { refuse?(thrown: unknown): void }, thrown: unknown): void {
  if (shared.refuse === undefined) throw thrown;
  shared.refuse(thrown);
}

/** A read or write that waits for the other end. */
export interface Pending {
  readonly owner: object;
  readonly buffer: SourceBuffer | TargetBuffer;
  readonly copying: Copying;
}

/** Where the two ends of a stream or a future between guests meet: the first waits, the second moves the elements. */
export abstract class Rendezvous {
  /** Whether a component may have both ends and use them; elements other than numbers may not be moved that way. */
  readonly #mayBeOwn: boolean;
  protected isDropped = false;
  protected pending: Pending | undefined;

  constructor(mayBeOwn: boolean) {
    this.#mayBeOwn = mayBeOwn;
  }

  /** Why a component may not use both ends. */
  protected abstract readonly ownRefusal: string;

  /** Ends the read or write that waits. */
  cancel(): void {
    this.end(copyResults.cancelled);
  }

  /** An end is gone. */
  drop(): void {
    if (this.isDropped) return;
    this.isDropped = true;
    this.end(copyResults.dropped);
  }

  /** The host could not read what a guest waits with, which ends the guest. */
  refuse(thrown: unknown): void {
    const fail = this.pending?.buffer.fail;
    if (fail === undefined) throw thrown;
    fail(thrown);
  }

  /** What the other end waits with; where there is none, this end waits. */
  protected meet(owner: object, buffer: SourceBuffer | TargetBuffer, copying: Copying): Pending | undefined {
    const pending = this.pending;
    if (pending === undefined) {
      this.pending = { owner, buffer, copying };
      return undefined;
    }
    if (pending.owner === owner && !this.#mayBeOwn) trap(this.ownRefusal);
    return pending;
  }

  protected end(result: CopyResult): void {
    const pending = this.pending;
    this.pending = undefined;
    pending?.copying.done(result);
  }
}
