import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those that it is in. Answers the first that was missing. Throws the system's error: Node's own way
 * to make several says ENOENT of a disk that can only be read, and never ends below /proc.
 */
export function makeFolder(path: string): string | undefined {
  if (isFolder(path)) return undefined;
  const first = path === dirname(path) ? undefined : makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else made it meanwhile.
    if (isFolder(path)) return first;
    throw error;
  }
  return first ?? path;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
