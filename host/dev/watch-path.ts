import { unwatchFile, watchFile } from 'node:fs';

/** How often the file is looked at, in milliseconds. */
const lookInterval = 100;

/**
 * Watches one file. It is looked at by its path: build tools rename files over it, and remove the folders that
 * it lies in. Answers how to end that.
 */
export function watchPath(path: string, onChange: () => void): () => void {
  const listener = ({ mtimeMs }: { readonly mtimeMs: number }): void => {
    // A file that is gone is about to be written again.
    if (mtimeMs !== 0) onChange();
  };
  watchFile(path, { interval: lookInterval, persistent: false }, listener);
  return () => unwatchFile(path, listener);
}
