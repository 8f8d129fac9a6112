import { HostSource } from '../../engine/async/host-source.ts';
import type { ReadableStream } from '../../engine/async/shared-stream.ts';
import { StreamReader } from '../../engine/async/stream-reader.ts';
import type { Guest } from '../../runtime/worker/guest.ts';
import { ofTrack03 } from '../tracks.ts';
import type { Message } from './message.ts';
import { MessagingError } from './messaging-error.ts';
import type { MessagingWorker } from './messaging-worker.ts';

/** The most that is read of a guest's body at once, in bytes. */
const mostAtOnce = 64 * 1024;

/** `broker-message`, whose body is a stream. */
export interface StreamedMessage {
  readonly subject: string;
  readonly body: ReadableStream;
  readonly replyTo?: string | undefined;
}

/** `error` of `wasmcloud:messaging/types`. */
interface GuestError {
  readonly tag: string;
  readonly val?: string;
}

/**
 * The imports of `wasmcloud:messaging@0.3.0` for one guest. Brokers carry a message in one piece, so a body is gathered before it goes
 * there.
 *
 * @param largestBody in bytes
 */
export function messaging03(
  messages: MessagingWorker,
  guest: Guest,
  largestBody: number,
): Record<string, Record<string, unknown>> {
  return ofTrack03({
    'wasmcloud:messaging/types': {},
    'wasmcloud:messaging/consumer': {
      request: (subject: string, body: ReadableStream, timeoutMs: number | undefined) =>
        asVariant(async () => {
          const bytes = await gathered(body, guest, largestBody);
          return streamed(await messages.request(guest, { subject, body: bytes }, timeoutMs));
        }),
      publish: ({ subject, body, replyTo }: StreamedMessage) =>
        asVariant(async () => {
          const bytes = await gathered(body, guest, largestBody);
          await messages.publish(guest, { subject, body: bytes, replyTo });
        }),
    },
  });
}

/** A message as a guest gets it. */
export function streamed({ subject, body, replyTo }: Message): StreamedMessage {
  let at = 0;
  return {
    subject,
    replyTo,
    body: new HostSource({
      read(most) {
        if (at === body.length) return undefined;
        const from = at;
        at = Math.min(from + most, body.length);
        return body.subarray(from, at);
      },
    }),
  };
}

/** Reads a body to its end. Throws a `MessagingError` where it is too large, or breaks off. */
async function gathered(stream: ReadableStream, guest: Guest, most: number): Promise<Uint8Array> {
  const reader = new StreamReader(stream);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const chunk = await next(reader, guest);
      if (chunk === undefined) break;
      size += chunk.length;
      if (size > most) {
        throw new MessagingError(
          'message-too-large',
          `the message has more than ${most} bytes, and the broker takes no more`,
        );
      }
      // The guest may use the memory again.
      if (chunk.length > 0) chunks.push(chunk.slice());
    }
    if (reader.isBroken) throw new MessagingError('other', 'the body of the message broke off');
  } catch (error) {
    reader.drop();
    throw error;
  }
  const [only, ...more] = chunks;
  return more.length === 0 ? (only ?? new Uint8Array()) : Buffer.concat(chunks, size);
}

function next(reader: StreamReader, guest: Guest): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const forget = guest.lifetime.onEnd(reject);
    reader.read(mostAtOnce, (chunk) => {
      forget();
      resolve(chunk as Uint8Array | undefined);
    });
  });
}

async function asVariant<T>(make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof MessagingError)) throw error;
    throw (
      error.case === 'other' ? { tag: 'other', val: error.message } : { tag: error.case }
    ) satisfies GuestError;
  }
}
