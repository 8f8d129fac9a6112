import { lstatSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { attempt, refuse } from './error-code.ts';

/** How many symbolic links one path may lead over, as in Linux. */
const mostLinks = 40;
/** The longest path that a guest may give, in characters, as in Linux. */
const longestPath = 4096;
const isWindows = process.platform === 'win32';

/** A folder in a volume: names from the volume's folder down, none of which is a link. */
export interface Folder {
  /** Absolute path of the volume on the host. */
  readonly root: string;
  readonly names: readonly string[];
}

/** What a path leads to, which need not be there. */
export interface Place extends Folder {
  /** Absolute path on the host. */
  readonly path: string;
  /** Of the place itself; absent where nothing is there. */
  readonly stats: Stats | undefined;
  /** The path ends with a slash: only a folder may be there. */
  readonly wantsFolder: boolean;
}

/** The folder of a volume without links on the way to it, which are the user's own. It need not be there. */
export function rootOf(hostPath: string): string {
  try {
    return realpathSync(hostPath);
  } catch {
    return hostPath;
  }
}

/** The path of a folder on the host. */
export function pathOf({ root, names }: Folder): string {
  return join(root, ...names);
}

/**
 * Where a path of a guest leads to, from one of its folders. Each name on the way is looked at, and links are followed here and
 * not by the system, so that nothing leads out of the folder: neither `..`, nor an absolute path, nor a link. Node has no
 * `openat`: another process that exchanges a folder for a link at the same moment can still mislead the host.
 * Throws an `ErrorCode`.
 *
 * @param follows whether a link at the end of the path is followed
 */
export function placeOf(folder: Folder, path: string, follows: boolean): Place {
  const { root, names: base } = folder;
  check(path);
  checkFolder(folder);
  const names = [...base];
  const rest = path.split('/').reverse();
  let links = 0;
  let wantsFolder = false;
  let stats: Stats | undefined;
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    const isLast = rest.every((other) => other === '' || other === '.');
    wantsFolder = isLast && (rest.length > 0 || name === '' || name === '.');
    if (name === '' || name === '.') continue;
    if (name === '..') {
      if (names.length === base.length) refuse('not-permitted');
      names.pop();
      stats = undefined;
      continue;
    }
    checkName(name);
    const at = join(root, ...names, name);
    stats = attempt(() => lstatSync(at, { throwIfNoEntry: false }));
    if (stats === undefined && !isLast) refuse('no-entry');
    if (stats?.isSymbolicLink() === true && (!isLast || follows || wantsFolder)) {
      links += 1;
      if (links > mostLinks) refuse('loop');
      const target = attempt(() => readlinkSync(at));
      if (target.startsWith('/') || isWindows) refuse('not-permitted');
      rest.push(...target.split('/').reverse());
      stats = undefined;
      continue;
    }
    if (!isLast && stats?.isDirectory() === false) refuse('not-directory');
    names.push(name);
  }
  const whole = join(root, ...names);
  stats ??= attempt(() => lstatSync(whole, { throwIfNoEntry: false }));
  if (wantsFolder && stats !== undefined && !stats.isDirectory()) refuse('not-directory');
  return { root, names, path: whole, stats, wantsFolder };
}

/** Whether a link at that place, made now, would lead out of the volume. */
export function leadsOut({ names }: Folder, target: string): boolean {
  if (target.startsWith('/')) return true;
  let depth = names.length - 1;
  for (const name of target.split('/')) {
    if (name === '..') depth -= 1;
    else if (name !== '' && name !== '.') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

function check(path: string): void {
  if (path === '') refuse('no-entry');
  if (path.includes('\0')) refuse('invalid');
  if (path.length > longestPath) refuse('name-too-long');
  if (path.startsWith('/')) refuse('not-permitted');
}

/** Names that Windows reads as paths, streams or drives. */
function checkName(name: string): void {
  if (isWindows && /[\\:]/.test(name)) refuse('not-permitted');
}

/** A folder that a guest has a descriptor of may have been moved since, and a link put in its place. */
function checkFolder({ root, names }: Folder): void {
  for (let depth = 1; depth <= names.length; depth += 1) {
    const stats = attempt(() => lstatSync(join(root, ...names.slice(0, depth)), { throwIfNoEntry: false }));
    if (stats?.isDirectory() !== true) refuse('no-entry');
  }
}
