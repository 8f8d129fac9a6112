import { isIPv4, isIPv6 } from 'node:net';
import { type Address, MOST_THREADS } from './settings.ts';

/** A value that could be read, or what would have been right in its place. */
export type Parsed<T> = { readonly value: T } | { readonly expected: string };

const ADDRESS = 'host:port with a port from 0 to 65535, such as "localhost:8000" or "[::1]:8000"';
const DURATION = 'a duration above zero, such as "30s", "500ms", "2m" or "1d", or a number of milliseconds';
/** How many threads may run a component. */
export const THREADS = `a whole number from 1 to ${MOST_THREADS}`;
const UNITS: Readonly<Record<string, number>> = {
  ...{ '': 1, ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 },
};
/** A hundred years: NATS counts nanoseconds in 63 bits, which last for 292. */
const LONGEST_DURATION = 36_500 * 86_400_000;
/** In characters; there may be several servers in it. */
const LONGEST_URL = 10_000;
/** Timers of Node hold a signed 32-bit number of milliseconds, a little under 25 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Reads `host:port` or `[ipv6]:port`. */
export function parseAddress(text: string): Parsed<Address> {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) return { expected: ADDRESS };
  const [, bracketed, name = ''] = match;
  if (bracketed !== undefined) {
    return isIPv6(bracketed) ? { value: { host: bracketed, port } } : { expected: ADDRESS };
  }
  const looksRight = /^[\d.]+$/.test(name) ? isIPv4(name) : /^[\w]([\w.-]*[\w])?\.?$/.test(name);
  return looksRight ? { value: { host: name, port } } : { expected: ADDRESS };
}

/** Writes an address the way {@link parseAddress} reads it. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reads `30s`, `500ms`, `2m`, `1h`, `30d` or a number of milliseconds; gives whole milliseconds, at most 100 years. */
export function parseDuration(given: string | number): Parsed<number> {
  return durationUpTo(LONGEST_DURATION, '36500d', given);
}

/** The same for what is waited for with a timer: at most 24 days. */
export function parseTimer(given: string | number): Parsed<number> {
  return durationUpTo(LONGEST_TIMER, '24d', given);
}

function durationUpTo(longest: number, longestText: string, given: string | number): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?) *(ms|s|m|h|d|)$/.exec(String(given).trim());
  if (!match) return { expected: DURATION };
  const value = Math.round(Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1));
  if (value < 1) return { expected: DURATION };
  if (value > longest) return { expected: `${DURATION}, at most ${longestText}` };
  return { value };
}

/** Writes milliseconds the way {@link parseDuration} reads them, in the largest unit that fits exactly. */
export function formatDuration(milliseconds: number): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = UNITS[unit] ?? 1;
    if (milliseconds >= size && milliseconds % size === 0) return `${milliseconds / size}${unit}`;
  }
  return `${milliseconds}ms`;
}

const SIZE = 'a size above zero, such as "64KiB", "512MiB" or "2GiB", or a number of bytes';
const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
};
const LARGEST_SIZE = 2 ** 50;

/** Reads `64KiB`, `512MiB`, `2GiB`, `500MB` or a number of bytes; gives whole bytes. */
export function parseSize(given: string | number): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?) *([kmg]?i?b|)$/i.exec(String(given).trim());
  const unit = SIZE_UNITS[match?.[2]?.toLowerCase() ?? 'none'];
  if (!match || unit === undefined) return { expected: SIZE };
  const value = Math.round(Number(match[1]) * unit);
  return value >= 1 && value <= LARGEST_SIZE ? { value } : { expected: SIZE };
}

/** Writes bytes the way {@link parseSize} reads them, in the largest unit that fits exactly. */
export function formatSize(bytes: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB']) {
    const size = SIZE_UNITS[unit.toLowerCase()] ?? 1;
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}

/** Reads a whole number of at least one. */
export function parseCount(text: string): Parsed<number> {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return value >= 1 ? { value } : { expected: 'a whole number of at least 1' };
}

/** Reads how many threads are to run a component. */
export function parseThreads(text: string): Parsed<number> {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= MOST_THREADS ? { value } : { expected: THREADS };
}

/** Checks a server's URL; several servers of a cluster may be listed with commas. */
export function parseUrl(text: string, schemes: readonly string[], example: string): Parsed<string> {
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
  parseUrl(text, ['redis', 'rediss'], 'redis://127.0.0.1:6379');

/** A NATS server. */
export const parseNatsUrl = (text: string): Parsed<string> =>
  parseUrl(text, ['nats', 'tls'], 'nats://127.0.0.1:4222');

/** Checks what no file system takes: nothing at all, and the NUL character. */
export function parsePath(text: string): Parsed<string> {
  if (text.trim() === '') return { expected: 'a path, which is not empty' };
  if (text.includes('\0')) return { expected: 'a path without the NUL character' };
  return { value: text };
}

/** Checks one entry of `allowedHosts`: a host policy, so neither a path nor a query. */
export function parseAllowedHost(text: string): Parsed<string> {
  const host =
    /^(?:[a-z][a-z\d+.-]*:\/\/(?=[^/]))?(?:(?:\*\.)?[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])(?::\d{1,5})?\/?$/i;
  const right = text === '*' || (host.test(text) && (text.includes('://') || !text.endsWith('/')));
  if (right) return { value: text };
  return {
    expected:
      '"*", "example.com", "example.com:8443", "*.example.com" or "https://example.com", without a path',
  };
}

/** Why a component can't be given a variable as it is: its C library would cut it. */
export function whyNoVariable(name: string, value: string): string | undefined {
  if (name === '' || /[=\0]/.test(name)) {
    return `${JSON.stringify(name)} can't be the name of a variable. Expected one without "=" and the NUL character.`;
  }
  return value.includes('\0')
    ? `the value of ${name} has a NUL character in it; a variable can't hold it.`
    : undefined;
}
