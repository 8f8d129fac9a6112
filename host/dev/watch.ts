import { existsSync, unwatchFile, watchFile } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { watch } from 'chokidar';
import { reasonOf } from '../host-error.ts';
import { GitIgnore } from './git-ignore.ts';

/** How often a single file is looked at, in milliseconds. */
const lookInterval = 100;
const neverSources = new Set(['.git', 'node_modules', '.kvasi']);

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

/**
 * Watches everything below a folder that git does not ignore. Answers how to end that.
 *
 * @param outputs files that are no sources, wherever they lie
 */
export function watchSources(
  folder: string,
  outputs: ReadonlySet<string>,
  onChange: (path: string) => void,
  onError: (text: string) => void,
): () => Promise<void> {
  const git = new GitIgnore(folder);
  const watcher = watch(folder, {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (path, stats) => {
      if (path === folder) return false;
      const isFolder = stats?.isDirectory() === true;
      return outputs.has(path) || isNeverSource(path) || git.ignores(path, isFolder);
    },
  });
  let isTold = false;
  watcher.on('all', (event, path) => {
    if (event === 'add' || event === 'change' || event === 'unlink') onChange(path);
  });
  watcher.on('error', (error) => {
    if (isTold) return;
    isTold = true;
    onError(`not every change below ${folder} will be noticed: ${reasonOf(error)}`);
  });
  return () => watcher.close();
}

function isNeverSource(path: string): boolean {
  const name = basename(path);
  if (name === 'target') return existsSync(join(dirname(path), 'Cargo.toml'));
  return neverSources.has(name);
}
