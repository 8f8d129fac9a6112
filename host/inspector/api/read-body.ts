import type { IncomingMessage } from 'node:http';
import { ApiError } from './route.ts';

/** The whole body of a request. Throws an `ApiError` when it is larger than `most` bytes. */
export async function readBody(request: IncomingMessage, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > most) throw new ApiError(413, `the body has more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
