import { lentLength } from '../../../engine/abi/guest-memory.ts';
import { type Chunk, ownChunk } from '../../../engine/async/chunk.ts';
import { HostFuture, readFuture } from '../../../engine/async/host-future.ts';
import { type ChunkSource, HostSource } from '../../../engine/async/host-source.ts';
import type { ReadableFuture } from '../../../engine/async/shared-future.ts';
import type { ReadableStream } from '../../../engine/async/shared-stream.ts';
import { StreamReader } from '../../../engine/async/stream-reader.ts';
import type { Holdings } from '../../../runtime/worker/holdings.ts';
import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import { closed } from '../../io/streams.ts';
import type { BodyWriter } from '../body-writer.ts';
import { Fields } from '../fields.ts';
import { type BodySource, failureCode } from '../incoming.ts';
import type { BodySink, ErrorCode } from '../response-sink.ts';

/** `result<option<trailers>, error-code>`. */
export type Trailers =
  | { readonly tag: 'ok'; readonly val: Fields | undefined }
  | { readonly tag: 'err'; readonly val: ErrorCode };
/** `result<_, error-code>`. */
export type Transmission =
  | { readonly tag: 'ok'; readonly val?: undefined }
  | { readonly tag: 'err'; readonly val: ErrorCode };

/** The most that is read of a guest's body at once, in bytes. */
const mostAtOnce = 64 * 1024;

/** The content of a message: its bytes, and what comes behind them. */
export interface Content {
  /** Absent where there are no bytes. */
  readonly stream: ReadableStream | undefined;
  readonly trailers: ReadableFuture;
}

/** A body that comes from outside. */
export function received(body: BodySource, holdings: Holdings): Content {
  return {
    stream: new HostSource(new ReceivedChunks(body)),
    trailers: new HostFuture(() => trailersOf(body, holdings)),
  };
}

class ReceivedChunks implements ChunkSource {
  readonly #body: BodySource;
  #isBroken = false;

  constructor(body: BodySource) {
    this.#body = body;
  }

  read(most: number): MaybePromise<Uint8Array | undefined> {
    return this.#body.ready ? this.#readNow(most) : this.#readLater(most);
  }

  cancel(): void {
    if (this.#body.drop === undefined) this.#body.discard();
    else this.#body.drop();
  }

  isBroken(): boolean {
    return this.#isBroken;
  }

  #readNow(most: number): Uint8Array | undefined {
    try {
      return this.#body.read(most);
    } catch (thrown) {
      // At the end, or where the client has gone: the trailers tell which.
      if (thrown !== closed) this.#isBroken = true;
      return undefined;
    }
  }

  async #readLater(most: number): Promise<Uint8Array | undefined> {
    while (!this.#body.ready) await this.#body.whenReady();
    return this.#readNow(most);
  }
}

function trailersOf(body: BodySource, holdings: Holdings): MaybePromise<Trailers> {
  const now = trailersNow(body, holdings);
  return now ?? trailersLater(body, holdings);
}

async function trailersLater(body: BodySource, holdings: Holdings): Promise<Trailers> {
  for (;;) {
    await body.whenReady();
    const now = trailersNow(body, holdings);
    if (now !== undefined) return now;
  }
}

function trailersNow(body: BodySource, holdings: Holdings): Trailers | undefined {
  try {
    const raw = body.trailers();
    if (raw === undefined) return undefined;
    return { tag: 'ok', val: raw.length === 0 ? undefined : Fields.received(raw, holdings) };
  } catch (reason) {
    return { tag: 'err', val: failureCode(reason) };
  }
}

/**
 * Writes what a guest sends to where it goes.
 *
 * @param sent called once with what became of it
 */
export function send(
  content: Content,
  writer: BodyWriter,
  sink: BodySink,
  sent: (result: Transmission) => void,
): void {
  writer.connect(sink);
  new SentBody(content, writer, sink, sent).next();
}

class SentBody {
  readonly #trailers: ReadableFuture;
  readonly #reader: StreamReader | undefined;
  readonly #writer: BodyWriter;
  readonly #sink: BodySink;
  readonly #sent: (result: Transmission) => void;
  #isOver = false;

  constructor(
    { stream, trailers }: Content,
    writer: BodyWriter,
    sink: BodySink,
    sent: (result: Transmission) => void,
  ) {
    this.#trailers = trailers;
    this.#reader = stream === undefined ? undefined : new StreamReader(stream, { lends: true });
    this.#writer = writer;
    this.#sink = sink;
    this.#sent = sent;
  }

  readonly next = (): void => {
    if (this.#reader === undefined) {
      this.#finish();
      return;
    }
    let permit: number;
    try {
      permit = this.#writer.permit();
    } catch (thrown) {
      this.#fail(thrown);
      return;
    }
    if (permit === 0) this.#writer.whenReady().then(this.next, (thrown: unknown) => this.#fail(thrown));
    else this.#reader.read(Math.min(permit, mostAtOnce), this.#came);
  };

  readonly #came = (chunk: Chunk | undefined): void => {
    if (chunk === undefined) {
      this.#finish();
      return;
    }
    try {
      if (chunk.length > 0) this.#writer.write(this.#toWrite(chunk));
    } catch (thrown) {
      this.#fail(thrown);
      return;
    }
    // Where the guest has more at once, this would be called within itself.
    queueMicrotask(this.next);
  };

  #toWrite(chunk: Chunk): Uint8Array {
    const isCopied = this.#writer.copies && chunk.length >= lentLength;
    return (isCopied ? chunk : ownChunk(chunk)) as Uint8Array;
  }

  #finish(): void {
    readFuture(this.#trailers, (value) => {
      try {
        this.#end(finishWith(value as Trailers | undefined, this.#writer, this.#sink));
      } catch (thrown) {
        this.#fail(thrown);
      }
    });
  }

  #fail(thrown: unknown): void {
    this.#reader?.drop();
    this.#trailers.drop();
    this.#end({ tag: 'err', val: errorOf(thrown) });
  }

  #end(result: Transmission): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sent(result);
  }
}

function finishWith(trailers: Trailers | undefined, writer: BodyWriter, sink: BodySink): Transmission {
  if (trailers === undefined) {
    writer.drop();
    return { tag: 'err', val: { tag: 'HTTP-protocol-error' } };
  }
  if (trailers.tag === 'err') {
    sink.abandon(`the component broke its body off with the error ${trailers.val.tag}`, trailers.val);
    return { tag: 'err', val: trailers.val };
  }
  const raw = trailers.val?.toRawTrailers();
  trailers.val?.[Symbol.dispose]();
  writer.finish(raw);
  return { tag: 'ok' };
}

/** What a sink or a writer throws, as the guest gets it. */
function errorOf(thrown: unknown): ErrorCode {
  if (typeof thrown !== 'object' || thrown === null || !('tag' in thrown)) {
    return { tag: 'internal-error', val: String(thrown) };
  }
  return thrown.tag === 'closed' || thrown.tag === 'last-operation-failed'
    ? { tag: 'connection-terminated' }
    : (thrown as ErrorCode);
}
