/** A place in a file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The way from the top of a file to a value: keys of maps and indexes of lists. */
export type KeyPath = readonly (string | number)[];

/** What a file says, and where it says it. */
export interface ParsedFile {
  readonly data: unknown;
  /** Where the key or the value at this path is, or the nearest one above it that is there. */
  readonly positionOf: (path: KeyPath, part: 'key' | 'value') => Position | undefined;
  /** Things the reader wondered about, each with its place. */
  readonly warnings: readonly SyntaxNote[];
}

/** Writes `file:line:column` of a key or a value. */
export type Locate = (path: KeyPath, part?: 'key' | 'value') => string;

/** Something wrong with the syntax, at a place. */
export interface SyntaxNote {
  readonly message: string;
  readonly position: Position | undefined;
}

/** A file that can't be read as what its name says. */
export class SyntaxProblem extends Error {
  readonly notes: readonly SyntaxNote[];

  constructor(notes: readonly SyntaxNote[]) {
    super(notes[0]?.message ?? 'invalid syntax');
    this.notes = notes;
  }
}

/** `dev.volumes[0].host_path`. */
export function formatPath(path: KeyPath): string {
  let written = '';
  for (const part of path) {
    if (typeof part === 'number') written += `[${part}]`;
    else if (/^[\w$-]{1,100}$/.test(part)) written += written === '' ? part : `.${part}`;
    else
      written += `[${JSON.stringify(part.length > longestPart ? `${part.slice(0, longestPart)}…` : part)}]`;
  }
  return written;
}

/** How much of a key is shown. */
const longestPart = 100;

/** What data has at a path; undefined where it does not lead anywhere. */
export function valueAt(data: unknown, path: KeyPath): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
