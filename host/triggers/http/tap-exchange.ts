import { preciseNow } from '../../shared/precise-now.ts';
import type { ServedRequest, ServedResponse } from './served-message.ts';

/** A request and its answer, as they went over the wire. */
export interface TappedExchange {
  readonly method: string;
  /** Path with its query, percent-encoded. */
  readonly target: string;
  /** Names and values in turn. */
  readonly requestHeaders: readonly string[];
  readonly requestBody: Uint8Array;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** When the request came and when its answer had ended; see `preciseNow`. */
  readonly began: number;
  readonly ended: number;
}

/**
 * Looks at a request that nobody has read of yet and at its answer, without changing what becomes of them.
 * @param ended called when the answer has been written in full; not for one that broke off
 */
export function tapExchange(
  request: ServedRequest,
  response: ServedResponse,
  ended: (exchange: TappedExchange) => void,
): void {
  const began = preciseNow();
  const received: Uint8Array[] = [];
  const sent: Uint8Array[] = [];
  const headers = new Headers();
  // A listener for data would let the body flow before the guest wants it.
  const emit = request.emit.bind(request);
  request.emit = (event: string, ...args: unknown[]): boolean => {
    if (event === 'data' && args[0] instanceof Uint8Array) received.push(Uint8Array.from(args[0]));
    return emit(event, ...args);
  };
  const keep = (chunk: unknown, encoding: unknown): void => {
    if (typeof chunk === 'string') {
      sent.push(Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'));
    } else if (chunk instanceof Uint8Array) sent.push(Buffer.from(chunk));
  };
  const { writeHead, write, end } = response;
  response.writeHead = (...args: unknown[]) => {
    for (const [name, value] of headerPairs(args.at(-1))) append(headers, name, value);
    return writeHead.apply(response, args as Parameters<typeof writeHead>);
  };
  response.write = (...args: unknown[]) => {
    keep(args[0], args[1]);
    return write.apply(response, args as Parameters<typeof write>);
  };
  response.end = (...args: unknown[]) => {
    keep(args[0], args[1]);
    return end.apply(response, args as Parameters<typeof end>);
  };
  response.once('close', () => {
    if (!response.writableFinished) return;
    ended({
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      requestHeaders: request.rawHeaders,
      requestBody: Buffer.concat(received),
      status: response.statusCode,
      headers,
      body: Buffer.concat(sent),
      began,
      ended: preciseNow(),
    });
  });
}

/** What the platform's headers do not take is left out. */
function append(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Headers as `writeHead` takes them: a flat list, or a map. */
function headerPairs(given: unknown): [string, string][] {
  if (Array.isArray(given)) {
    return given.flatMap((name, index): [string, string][] =>
      index % 2 === 0 ? [[String(name), String(given[index + 1])]] : [],
    );
  }
  if (typeof given !== 'object' || given === null) return [];
  return Object.entries(given).map(([name, value]) => [name, String(value)]);
}
