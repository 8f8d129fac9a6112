import { isDeepStrictEqual } from 'node:util';
import type { InferOutput } from 'valibot';
import { textOf } from '../../shared/text-of.ts';
import { findPattern, parseRegex } from './regex.ts';
import type { givenBytes, wantedBytes } from './schema-values.ts';

type Given = InferOutput<typeof givenBytes>;
type Wanted = InferOutput<typeof wantedBytes>;

/** What bytes have to be. */
export type WantedBytes =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly json: unknown }
  | { readonly kind: 'regex'; readonly regex: RegExp }
  | { readonly kind: 'base64'; readonly base64: string };

/** The bytes that a file writes as text, JSON or base64. */
export function bytesOf(given: Given): Uint8Array {
  if (typeof given === 'string') return Buffer.from(given);
  return given.base64 === undefined
    ? Buffer.from(JSON.stringify(given.json))
    : Buffer.from(given.base64, 'base64');
}

export function wantedOf(wanted: Wanted): WantedBytes {
  if (typeof wanted === 'string') return { kind: 'text', text: wanted };
  if (wanted.base64 !== undefined) return { kind: 'base64', base64: wanted.base64 };
  if (wanted.regex === undefined) return { kind: 'json', json: wanted.json };
  const regex = parseRegex(wanted.regex);
  if ('expected' in regex) throw new TypeError(`${wanted.regex} was not checked`);
  return { kind: 'regex', regex: regex.value };
}

/** Bytes the way a file of scenarios writes them: as text where they are text. */
export function written(bytes: Uint8Array): string | { base64: string } {
  return textOf(bytes) ?? { base64: Buffer.from(bytes).toString('base64') };
}

/** Bytes the way they are expected where `wanted` was: as JSON where JSON was expected and came. */
export function writtenLike(wanted: WantedBytes | undefined, bytes: Uint8Array): unknown {
  if (wanted?.kind === 'json') {
    const parsed = parsedJson(bytes);
    if (parsed !== undefined) return { json: parsed.json };
  }
  return written(bytes);
}

/** Whether the bytes are as expected, and if not, what both are, in full. */
export function differenceOf(wanted: WantedBytes, bytes: Uint8Array): string | undefined {
  switch (wanted.kind) {
    case 'text':
      if (Buffer.from(wanted.text).equals(bytes)) return undefined;
      return both(shownText(wanted.text), shownBytes(bytes));
    case 'base64':
      if (Buffer.from(wanted.base64, 'base64').equals(bytes)) return undefined;
      return both(`base64 ${wanted.base64}`, `base64 ${Buffer.from(bytes).toString('base64')}`);
    case 'regex': {
      const match = findPattern(wanted.regex, Buffer.from(bytes).toString());
      if ('why' in match) return match.why;
      return match.matches ? undefined : both(`text with ${wanted.regex}`, shownBytes(bytes));
    }
    case 'json': {
      const parsed = parsedJson(bytes);
      if (parsed === undefined) return both(shownJson(wanted.json), `${shownBytes(bytes)}, which is no JSON`);
      if (isDeepStrictEqual(parsed.json, wanted.json)) return undefined;
      return `first difference at ${firstPath(wanted.json, parsed.json)}\n${both(shownJson(wanted.json), shownJson(parsed.json))}`;
    }
  }
}

/** Two values below each other, each in full. */
export function both(expected: string, actual: string): string {
  return `expected: ${indented(expected)}\nactual:   ${indented(actual)}`;
}

export function shownBytes(bytes: Uint8Array): string {
  const text = textOf(bytes);
  return text === undefined ? `base64 ${Buffer.from(bytes).toString('base64')}` : shownText(text);
}

/** A line as JSON, so that blanks and line breaks are seen; several lines as a block. */
function shownText(text: string): string {
  const lines = text.split('\n');
  if (lines.length <= 2 && (lines.length === 1 || lines[1] === '')) return JSON.stringify(text);
  return lines.map((line, index) => JSON.stringify(index < lines.length - 1 ? `${line}\n` : line)).join('\n');
}

function shownJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2) ?? 'nothing';
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n          ');
}

function parsedJson(bytes: Uint8Array): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(Buffer.from(bytes).toString()) };
  } catch {
    return undefined;
  }
}

/** `$.items[2].name`: the place in two JSON values at which they differ first. */
function firstPath(expected: unknown, actual: unknown, path = '$'): string {
  if (!isContainer(expected) || !isContainer(actual) || Array.isArray(expected) !== Array.isArray(actual)) {
    return path;
  }
  const mine = new Map(Object.entries(expected));
  const theirs = new Map(Object.entries(actual));
  for (const key of new Set([...mine.keys(), ...theirs.keys()])) {
    if (isDeepStrictEqual(mine.get(key), theirs.get(key)) && mine.has(key) === theirs.has(key)) continue;
    const step = Array.isArray(expected)
      ? `[${key}]`
      : /^\w+$/.test(key)
        ? `.${key}`
        : `[${JSON.stringify(key)}]`;
    return firstPath(mine.get(key), theirs.get(key), path + step);
  }
  return path;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
