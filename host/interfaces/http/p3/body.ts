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
  let isBroken = false;
  const broke = (): void => {
    isBroken = true;
  };
  const source: ChunkSource = {
    read: (most) => (body.ready ? readNow(body, most, broke) : readLater(body, most, broke)),
    cancel: () => (body.drop === undefined ? body.discard() : body.drop()),
    isBroken: () => isBroken,
  };
  return {
    stream: new HostSource(source),
    trailers: new HostFuture(() => trailersOf(body, holdings)),
  };
}

function readNow(body: BodySource, most: number, broke: () => void): Uint8Array | undefined {
  try {
    const bytes = body.read(most);
    // It may be kept until the guest asks for it.
    return bytes.buffer instanceof SharedArrayBuffer ? Uint8Array.from(bytes) : bytes;
  } catch (thrown) {
    // At the end, or where the client has gone: the trailers tell which.
    if (thrown !== closed) broke();
    return undefined;
  }
}

async function readLater(body: BodySource, most: number, broke: () => void): Promise<Uint8Array | undefined> {
  while (!body.ready) await body.whenReady();
  return readNow(body, most, broke);
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
  { stream, trailers }: Content,
  writer: BodyWriter,
  sink: BodySink,
  sent: (result: Transmission) => void,
): void {
  writer.connect(sink);
  const reader = stream === undefined ? undefined : new StreamReader(stream);
  let isOver = false;
  const end = (result: Transmission): void => {
    if (isOver) return;
    isOver = true;
    sent(result);
  };
  const fail = (thrown: unknown): void => {
    reader?.drop();
    trailers.drop();
    end({ tag: 'err', val: errorOf(thrown) });
  };
  const finish = (): void => {
    readFuture(trailers, (value) => {
      try {
        end(finishWith(value as Trailers | undefined, writer, sink));
      } catch (thrown) {
        fail(thrown);
      }
    });
  };
  const next = (): void => {
    if (reader === undefined) {
      finish();
      return;
    }
    let permit: number;
    try {
      permit = writer.permit();
    } catch (thrown) {
      fail(thrown);
      return;
    }
    if (permit === 0) {
      writer.whenReady().then(next, fail);
      return;
    }
    reader.read(Math.min(permit, mostAtOnce), (chunk) => {
      if (chunk === undefined) {
        finish();
        return;
      }
      try {
        if (chunk.length > 0) writer.write(chunk as Uint8Array);
      } catch (thrown) {
        fail(thrown);
        return;
      }
      // Where the guest has more at once, this would be called within itself.
      queueMicrotask(next);
    });
  };
  next();
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
