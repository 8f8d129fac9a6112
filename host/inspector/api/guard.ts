import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ApiError } from './route.ts';

/**
 * Throws an `ApiError` 403 for what no page or program of this machine's user sends: a page of another site may
 * reach a loopback port through a name of its own (DNS rebinding) or by a request across sites.
 */
export function checkOrigin({ headers }: IncomingMessage, port: number): void {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.host ?? '')) {
    throw new ApiError(
      403,
      `the inspector answers to the host ${hosts[0]} only, not to '${headers.host ?? ''}'`,
    );
  }
  const { origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (origin !== undefined && origin !== `http://${headers.host}`) {
    throw new ApiError(403, `the inspector does not answer pages of '${origin}'`);
  }
  // A link on another page may lead here; it sees nothing of the answer.
  const isOwn = site === undefined || site === 'same-origin' || site === 'none' || mode === 'navigate';
  if (!isOwn) throw new ApiError(403, 'the inspector does not answer pages of other sites');
}

/** Throws an `ApiError` 401 unless the request has the token. */
export function checkToken({ headers }: IncomingMessage, token: string): void {
  const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  if (given !== undefined && timingSafeEqual(digest(given), digest(token))) return;
  const where = 'the link that kvasi dev printed has it';
  throw new ApiError(401, `this needs the token of the running kvasi dev; ${where}`);
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
