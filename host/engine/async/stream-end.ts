import { CopyEnd } from './copy-end.ts';
import { eventCodes } from './event.ts';
import type { GuestSource, GuestTarget } from './guest-buffer.ts';
import { type CopyResult, copyResults } from './rendezvous.ts';
import type { ReadableStream, WritableStream } from './shared-stream.ts';

abstract class StreamEnd<S extends ReadableStream | WritableStream> extends CopyEnd<S> {
  protected progress(result: CopyResult, moved: number): number {
    return (result | (moved << 4)) >>> 0;
  }

  /** What has been moved stays so, and nothing more will be. Source: `test/async/cancel-stream.wast` of the component model. */
  protected override whenCancelled(result: CopyResult): CopyResult {
    return result === copyResults.completed ? copyResults.cancelled : result;
  }

  protected isLast(result: CopyResult): boolean {
    return result === copyResults.dropped;
  }
}

/** The end of a stream from which a guest reads. */
export class ReadableStreamEnd extends StreamEnd<ReadableStream> {
  constructor(shared: ReadableStream, type: object) {
    super(shared, type, eventCodes.streamRead);
  }

  read(owner: object, handle: number, target: GuestTarget): void {
    this.begin(handle, target);
    this.shared.read(owner, target, this);
  }
}

/** The end of a stream to which a guest writes. */
export class WritableStreamEnd extends StreamEnd<WritableStream> {
  constructor(shared: WritableStream, type: object) {
    super(shared, type, eventCodes.streamWrite);
  }

  write(owner: object, handle: number, source: GuestSource): void {
    this.begin(handle, source);
    this.shared.write(owner, source, this);
  }
}
