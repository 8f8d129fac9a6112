import type { Parsed } from './parsed.ts';

/** In characters; there may be several servers in it. */
const LONGEST_URL = 10_000;

/** Checks a server's URL; several servers of a cluster may be listed with commas. */
export function parseServerUrl(text: string, schemes: readonly string[], example: string): Parsed<string> {
  const expected = `a ${schemes.map((scheme) => `${scheme}://`).join(' or ')} URL such as ${example}`;
  if (text.length > LONGEST_URL) return { expected: `${expected}, of at most ${LONGEST_URL} characters` };
  const [first = '', ...more] = text.split(',');
  const scheme = /^([a-z+]+):\/\//.exec(first)?.[1];
  if (scheme === undefined || !schemes.includes(scheme)) return { expected };
  for (const server of [first, ...more.map((one) => (one.includes('://') ? one : `${scheme}://${one}`))]) {
    const right =
      URL.canParse(server) &&
      server === server.trim() &&
      schemes.includes(new URL(server).protocol.slice(0, -1)) &&
      new URL(server).hostname !== '';
    if (!right) return { expected };
  }
  return { value: text };
}

/** A Redis server. */
export const parseRedisUrl = (text: string): Parsed<string> =>
  parseServerUrl(text, ['redis', 'rediss'], 'redis://127.0.0.1:6379');

/** A PostgreSQL server. */
export const parsePostgresUrl = (text: string): Parsed<string> =>
  parseServerUrl(text, ['postgres', 'postgresql'], 'postgres://127.0.0.1:5432/database');

/** A NATS server. */
export const parseNatsUrl = (text: string): Parsed<string> =>
  parseServerUrl(text, ['nats', 'tls'], 'nats://127.0.0.1:4222');
