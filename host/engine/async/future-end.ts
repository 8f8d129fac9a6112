import { trap } from '../guest-trap.ts';
import { CopyEnd } from './copy-end.ts';
import { eventCodes } from './event.ts';
import type { GuestSource, GuestTarget } from './guest-buffer.ts';
import { type CopyResult, copyResults } from './rendezvous.ts';
import type { ReadableFuture, WritableFuture } from './shared-future.ts';

abstract class FutureEnd<S extends ReadableFuture | WritableFuture> extends CopyEnd<S> {
  protected progress(result: CopyResult): number {
    return result;
  }

  protected isLast(result: CopyResult): boolean {
    return result !== copyResults.cancelled;
  }
}

/** The end of a future from which a guest reads. */
export class ReadableFutureEnd extends FutureEnd<ReadableFuture> {
  constructor(shared: ReadableFuture, type: object) {
    super(shared, type, eventCodes.futureRead);
  }

  read(owner: object, handle: number, target: GuestTarget): void {
    this.begin(handle, target);
    this.shared.read(owner, target, this);
  }
}

/** The end of a future to which a guest writes. */
export class WritableFutureEnd extends FutureEnd<WritableFuture> {
  constructor(shared: WritableFuture, type: object) {
    super(shared, type, eventCodes.futureWrite);
  }

  write(owner: object, handle: number, source: GuestSource): void {
    this.begin(handle, source);
    this.shared.write(owner, source, this);
  }

  override drop(): void {
    if (!this.isDone) trap('the writable end of a future is dropped before its value was written');
    super.drop();
  }
}
