import { type Address, formatAddress, parseAddress } from '../shared/address.ts';
import { formatDuration, parseTimer } from '../shared/duration.ts';
import type { Parsed } from '../shared/parsed.ts';
import { absolutePath, parsePath } from '../shared/path.ts';
import { formatSize, parseSize } from '../shared/size.ts';
import type { KeySchema, SchemaParts } from './file-key.ts';
import { largestCount } from './largest-count.ts';

/** How a value is read, written and checked. */
export interface Kind<Value> {
  /** Reads text. `base` is where a relative path starts. */
  readonly parse: (text: string, base: string) => Parsed<Value>;
  /** Writes a value as it is read. */
  readonly print: (value: Value) => string;
  /** What may stand in the configuration file. */
  readonly schema: (parts: SchemaParts, description: string) => KeySchema;
  /** All there is, where that is a few words. */
  readonly words?: readonly string[];
}

export const address: Kind<Address> = {
  parse: parseAddress,
  print: formatAddress,
  schema: ({ parsed }, description) => parsed(parseAddress, description),
};

/** A path, absolute once it is read. */
export const path: Kind<string> = {
  parse: (text, base) => {
    const checked = parsePath(text);
    return 'expected' in checked ? checked : { value: absolutePath(base, text) };
  },
  print: String,
  schema: ({ path }, description) => path(description),
};

/** A time that is waited for, in milliseconds. */
export const timer: Kind<number> = {
  parse: parseTimer,
  print: formatDuration,
  schema: ({ timer }, description) => timer(description),
};

/** A number of bytes. */
export const size: Kind<number> = {
  parse: parseSize,
  print: formatSize,
  schema: ({ size }, description) => size(description),
};

/** How many there are of something. */
export const count: Kind<number> = {
  parse: (text) => {
    const value = wholeNumber(text);
    return value >= 1 ? { value } : { expected: `a whole number from 1 to ${largestCount}` };
  },
  print: String,
  schema: ({ count }, description) => count(description),
};

/** A whole number between two. */
export function between(least: number, most: number): Kind<number> {
  const expected = `a whole number from ${least} to ${most}`;
  return {
    parse: (text) => {
      const value = wholeNumber(text);
      return value >= least && value <= most ? { value } : { expected };
    },
    print: String,
    schema: ({ between }, description) => between(least, most, expected, description),
  };
}

const wholeNumber = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : Number.NaN);

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[]): Kind<Word> {
  return {
    parse: (text) => {
      const value = words.find((word) => word === text);
      return value === undefined ? { expected: `one of ${words.join(', ')}` } : { value };
    },
    print: String,
    schema: ({ oneOf }, description) => oneOf(words, description),
    words,
  };
}
