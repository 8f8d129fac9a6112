import { type IncomingMessage, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { reasonOf } from '../../shared/host-error.ts';
import { textOf } from '../../shared/text-of.ts';
import type { InspectedHost } from './inspected-host.ts';
import { requestInfo } from './request-info.ts';
import type { RequestRecord } from './request-log.ts';
import { ApiError } from './route.ts';
import type { SendAnswer, SendBody } from './schemas.ts';

/** How much of an answer's body is read, in bytes. */
const mostShown = 2 * 1024 * 1024;
/** How long after the answer its report may come, in milliseconds. */
const reportPatience = 2000;

/** Sends a request to the component over HTTP, as any client does, and finds the operations that it made. */
export async function sendToComponent(
  host: InspectedHost,
  { method, path, headers = [], text = '', base64 }: SendBody,
  signal: AbortSignal,
): Promise<SendAnswer> {
  const started = performance.now();
  const body = base64 === undefined ? Buffer.from(text) : Buffer.from(base64, 'base64');
  const { host: authority, hostname, port, protocol } = new URL(host.url);
  const report = Promise.withResolvers<RequestRecord | undefined>();
  let ownPort: number | undefined;
  const stop = host.requests.listen((record, clientPort) => {
    if (clientPort === ownPort) report.resolve(record);
  });
  try {
    const hasHost = headers.some(([name]) => name.toLowerCase() === 'host');
    const send = protocol === 'https:' ? secureRequest : request;
    const outgoing = send({
      // It goes to this host itself, whoever it says that it is.
      rejectUnauthorized: false,
      method,
      path,
      hostname: hostname.replaceAll(/[[\]]/g, ''),
      port,
      signal,
      // A connection of its own, whose port tells its report from those of others.
      agent: false,
      headers: [
        ...(hasHost ? [] : ['host', authority]),
        ...headers.flat(),
        ...(body.length === 0 ? [] : ['content-length', String(body.length)]),
      ],
    });
    outgoing.once('socket', (socket) => {
      socket.once('connect', () => {
        ownPort = socket.localPort;
      });
    });
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve).once('error', reject);
      outgoing.end(body);
    });
    const { bytes, isCut } = await readSome(incoming);
    const milliseconds = performance.now() - started;
    const late = setTimeout(() => report.resolve(undefined), reportPatience);
    const record = await report.promise;
    clearTimeout(late);
    const answer = textOf(bytes);
    return {
      status: incoming.statusCode ?? 0,
      headers: pairs(incoming.rawHeaders),
      ...(answer === undefined ? { base64: bytes.toString('base64') } : { text: answer }),
      size: bytes.length,
      isCut,
      milliseconds,
      ...(record === undefined ? {} : { request: requestInfo(record) }),
    };
  } catch (error) {
    const isRefused = error instanceof TypeError;
    throw new ApiError(isRefused ? 400 : 502, `the request could not be sent: ${reasonOf(error)}`);
  } finally {
    stop();
  }
}

async function readSome(incoming: IncomingMessage): Promise<{ bytes: Buffer; isCut: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    // Leaving the loop closes the connection.
    if (length > mostShown) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, mostShown), isCut: length > mostShown };
}

function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[index * 2] ?? '',
    flat[index * 2 + 1] ?? '',
  ]);
}
