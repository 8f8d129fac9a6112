import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** An absolute path, with `~` as the user's home. */
export function absolutePath(directory: string, path: string): string {
  if (path === '~') return homedir();
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(directory, path);
}

/** Whether the path says for itself where it starts. */
export function isAnchored(path: string): boolean {
  return path === '~' || path.startsWith('~/') || isAbsolute(path);
}
