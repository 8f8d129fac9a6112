import { homedir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { Parsed } from './parsed.ts';

/** An absolute path, with `~` as the user's home. */
export function absolutePath(directory: string, path: string): string {
  if (path === '~') return homedir();
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(directory, path);
}

/** Whether the path says for itself where it starts. */
export function isAnchored(path: string): boolean {
  return path === '~' || path.startsWith('~/') || isAbsolute(path);
}

/** Checks what no file system takes: nothing at all, and the NUL character. */
export function parsePath(text: string): Parsed<string> {
  if (text.trim() === '') return { expected: 'a path, which is not empty' };
  if (text.includes('\0')) return { expected: 'a path without the NUL character' };
  return { value: text };
}

/** A path as the user would write it: relative where it lies below `cwd`. */
export function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
