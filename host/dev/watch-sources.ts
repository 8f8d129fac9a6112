import { existsSync, type Stats } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { watch } from 'chokidar';
import { reasonOf } from '../shared/host-error.ts';
import { isEditorFile } from './editor-files.ts';
import { GitIgnore } from './git-ignore.ts';

const neverSources = new Set(['.git', 'node_modules', '.kvasi', '__pycache__', '.DS_Store']);

export interface WatchOptions {
  /** Files and folders that are no sources, wherever they lie. */
  readonly others: ReadonlySet<string>;
  /** Whether what this program prints goes to a file. */
  isOwnOutput(stats: Stats): boolean;
  onChange(event: 'add' | 'change' | 'unlink', path: string): void;
  onError(text: string): void;
}

/** Watches everything below a folder that git does not ignore. Answers how to end that. */
export function watchSources(
  folder: string,
  { others, isOwnOutput, onChange, onError }: WatchOptions,
): () => Promise<void> {
  const git = new GitIgnore(folder);
  for (const path of others) {
    if (!isWithin(folder, path)) continue;
    onError(
      `${path} holds the sources, too, and is written by the component or for it: what is written there starts a build. Give the component a folder of its own.`,
    );
  }
  const started = Date.now();
  let isReady = false;
  const watcher = watch(folder, {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (path, stats) => {
      if (path === folder) return false;
      const isFolder = stats?.isDirectory() === true;
      if (others.has(path) || isNeverSource(path) || git.ignores(path, isFolder)) return true;
      if (stats === undefined) return false;
      if (isFolder) return isCache(path);
      if (isOwnOutput(stats)) return true;
      // Written before the first look came to it, and so no event.
      if (!isReady && stats.ctimeMs >= started)
        onChange(stats.birthtimeMs >= started ? 'add' : 'change', path);
      return false;
    },
  });
  watcher.on('ready', () => {
    isReady = true;
  });
  let isTold = false;
  watcher.on('all', (event, path) => {
    if (event !== 'add' && event !== 'change' && event !== 'unlink') return;
    // A folder may be marked as a cache once it is watched already.
    if (!isBelowCache(folder, path)) onChange(event, path);
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
  const isWriting = name.startsWith('.kvasi-') || name.endsWith('.log');
  return neverSources.has(name) || isWriting || isEditorFile(name);
}

function isBelowCache(top: string, path: string): boolean {
  const folder = dirname(path);
  return folder !== top && folder.startsWith(top) && (isCache(folder) || isBelowCache(top, folder));
}

/** By the file that cargo and others leave in what they may make again: https://bford.info/cachedir/ */
function isCache(folder: string): boolean {
  return existsSync(join(folder, 'CACHEDIR.TAG'));
}
