import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { watch } from 'chokidar';
import { reasonOf } from '../host-error.ts';
import { GitIgnore } from './git-ignore.ts';

const neverSources = new Set(['.git', 'node_modules', '.kvasi']);

/**
 * Watches everything below a folder that git does not ignore. Answers how to end that.
 *
 * @param outputs files and folders that are no sources, wherever they lie
 */
export function watchSources(
  folder: string,
  outputs: ReadonlySet<string>,
  onChange: (path: string) => void,
  onError: (text: string) => void,
): () => Promise<void> {
  const git = new GitIgnore(folder);
  for (const path of outputs) {
    if (!isWithin(folder, path)) continue;
    onError(
      `${path} holds the sources, too, and is written by the component or for it: what is written there starts a build. Give the component a folder of its own.`,
    );
  }
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

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
}

/** `target` is a good name for a folder of sources, too, but not beside a Cargo.toml. */
function isNeverSource(path: string): boolean {
  const name = basename(path);
  if (name === 'target') return existsSync(join(dirname(path), 'Cargo.toml'));
  // What kvasi writes beside its place begins so.
  return neverSources.has(name) || name.startsWith('.kvasi-');
}
