import { HostError } from '../../../shared/host-error.ts';
import { textOf } from '../../../shared/text-of.ts';
import { longestTtl } from '../backends/limits.ts';
import type { Entry } from './entry-store.ts';

/** The longest line, in bytes: the largest value as base64 or escaped text, and the longest key. */
const longestLine = 192 * 1024 * 1024;
const newline = 10;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * `{"key":…,"value":…}` for a text, `{"key":…,"base64":…}` for anything else; with `"ttl"`, in milliseconds, where the key has a
 * time to live of its own.
 */
export function toJson({ key, value, ttl }: Entry): string {
  const text = textOf(value);
  const shown =
    text === undefined ? { key, base64: Buffer.from(value).toString('base64') } : { key, value: text };
  return JSON.stringify(ttl === undefined ? shown : { ...shown, ttl });
}

/** Reads one line. Throws a `HostError` that names the line. */
function fromJson(line: string, number: number): Entry {
  const expected = 'Expected {"key": "…", "value": "…"} or {"key": "…", "base64": "…"}.';
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw new HostError('usage', `line ${number} is not JSON: ${shown(line)}. ${expected}`);
  }
  if (typeof parsed === 'object' && parsed !== null && 'key' in parsed && typeof parsed.key === 'string') {
    const { key } = parsed;
    requireText('key', key, line, number);
    const end = 'ttl' in parsed ? { ttl: ttlOf(parsed.ttl, line, number) } : {};
    if ('value' in parsed && typeof parsed.value === 'string' && !('base64' in parsed)) {
      requireText('value', parsed.value, line, number);
      return { key, value: Buffer.from(parsed.value), ...end };
    }
    if ('base64' in parsed && isBase64(parsed.base64) && !('value' in parsed)) {
      return { key, value: Buffer.from(parsed.base64, 'base64'), ...end };
    }
  }
  throw new HostError('usage', `line ${number} is no entry: ${shown(line)}. ${expected}`);
}

function ttlOf(ttl: unknown, line: string, number: number): number {
  if (typeof ttl === 'number' && Number.isInteger(ttl) && ttl >= 1 && ttl <= longestTtl) return ttl;
  throw new HostError(
    'usage',
    `line ${number}: "ttl" is ${JSON.stringify(ttl)}: ${shown(line)}. Expected whole milliseconds from 1 to ${longestTtl}.`,
  );
}

/** JSON can write halves of surrogate pairs, which no UTF-8 holds: they would be stored as other characters. */
function requireText(what: string, text: string, line: string, number: number): void {
  if (text.isWellFormed()) return;
  throw new HostError(
    'usage',
    `line ${number}: the ${what} has half of a surrogate pair in it and so is no text: ${shown(line)}. Write the whole character${what === 'key' ? '' : ', or bytes under "base64"'}.`,
  );
}

/** The entries of JSON Lines; empty lines are skipped. Throws a `HostError` that names the line. */
export async function* readEntries(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
  let number = 0;
  for await (const line of lines(chunks)) {
    number += 1;
    let text: string;
    try {
      text = utf8.decode(number === 1 && startsWithMark(line) ? line.subarray(3) : line).trim();
    } catch {
      throw new HostError(
        'usage',
        `line ${number} is not UTF-8 text. Values that are no text go under "base64".`,
      );
    }
    if (text !== '') yield fromJson(text, number);
  }
}

async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      parts.push(chunk.subarray(start, end));
      yield parts.length === 1 ? (parts[0] ?? chunk) : Buffer.concat(parts);
      parts = [];
      length = 0;
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > longestLine) {
      throw new HostError('usage', `a line has more than ${longestLine} bytes; no value is that large.`);
    }
  }
  if (length > 0) yield Buffer.concat(parts);
}

/** Files that some editors write begin with a byte order mark. */
function startsWithMark(line: Uint8Array): boolean {
  return line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf;
}

function isBase64(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0;
}

function shown(line: string): string {
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line);
}
