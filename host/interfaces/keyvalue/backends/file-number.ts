import { statSync } from 'node:fs';

/** What tells a file from another one that takes its place; undefined where there is none. */
export function fileNumber(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
