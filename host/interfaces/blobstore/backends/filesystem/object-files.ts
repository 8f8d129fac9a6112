import {
  closeSync,
  lstatSync,
  mkdirSync,
  opendirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { systemCode } from '../../../../shared/system-code.ts';
import { flushNow } from '../../../keyvalue/backends/filesystem/flush.ts';
import { type NameRules, ownFolder } from '../../../keyvalue/backends/filesystem/names.ts';
import { largestName } from '../definition.ts';
import { linkRefused } from '../file-failures.ts';
import { type OpenFile, openFile } from './file-download.ts';
import type { FolderFlushes } from './folders.ts';
import { escapedObjects, headOf, isPlainPath, type ObjectPlace, objectPlace } from './places.ts';

/** How many names of a listing are given at once. */
const namesAtOnce = 256;
/** How often a folder is made again that others remove meanwhile, because it is empty. */
const mostAttempts = 20;

/** An object's file that is open, and where the object begins in it. */
export interface OpenObject extends OpenFile {
  readonly offset: number;
}

/** The files of one container. */
export class ObjectFiles {
  readonly #folder: string;
  readonly #rules: NameRules;
  readonly #flushes: FolderFlushes;

  constructor(folder: string, rules: NameRules, flushes: FolderFlushes) {
    this.#folder = folder;
    this.#flushes = flushes;
    this.#rules = rules;
  }

  /** Opens an object; `undefined` where there is none. */
  open(name: string): OpenObject | undefined {
    const { plain, escaped } = this.#place(name);
    const open = plain === undefined ? undefined : this.#openPlain(plain);
    if (open !== undefined) return { ...open, offset: 0 };
    const file = openFile(escaped);
    return file && { ...file, offset: headOf(name).length };
  }

  /** Whether its file has the name in front; undefined where the name can be that of the file. */
  headFor(name: string): Uint8Array | undefined {
    const { plain } = this.#place(name);
    return plain === undefined || this.#isTaken(plain) ? headOf(name) : undefined;
  }

  /**
   * Puts a file in the place of an object. Answers false where its name can't be that of a file after all.
   * @param hasHead whether the name is in front of it
   */
  async put(path: string, name: string, hasHead: boolean): Promise<boolean> {
    const { plain, escaped } = this.#place(name);
    if (hasHead || plain === undefined) {
      this.#makeFolders(escaped);
      renameSync(path, escaped);
      if (plain !== undefined) removeFile(plain);
      await this.#flushes.flush(dirname(escaped));
      return true;
    }
    if (!this.#rename(path, plain)) return false;
    removeFile(escaped);
    await this.#flushes.flush(dirname(plain));
    return true;
  }

  /** Moves an object to a name, perhaps of another container. Answers false where that is no matter of renaming a file. */
  async move(name: string, target: ObjectFiles, targetName: string): Promise<boolean> {
    const { plain } = this.#place(name);
    if (plain === undefined || target.headFor(targetName) !== undefined) return false;
    if (lookAt(plain)?.isFile() !== true) return false;
    this.#requireFolders(plain);
    removeFile(this.#place(name).escaped);
    if (!(await target.put(plain, targetName, false))) return false;
    this.#removeEmpty(dirname(plain));
    await this.#flushes.flush(dirname(plain));
    return true;
  }

  async delete(names: readonly string[]): Promise<void> {
    const folders = new Set<string>();
    for (const name of names) {
      const { plain, escaped } = this.#place(name);
      // The plain one last: where there are both, it is the newer one.
      if (removeFile(escaped)) folders.add(dirname(escaped));
      if (plain === undefined) continue;
      this.#requireFolders(plain);
      if (!removeFile(plain)) continue;
      folders.add(dirname(plain));
      this.#removeEmpty(dirname(plain));
    }
    for (const folder of folders) await this.#flushes.flush(folder);
  }

  *names(): Generator<readonly string[]> {
    let names: string[] = [];
    for (const name of this.#all()) {
      names.push(name);
      if (names.length < namesAtOnce) continue;
      yield names;
      names = [];
    }
    yield names;
  }

  *#all(): Generator<string> {
    for (const path of filesIn(this.#folder, true)) {
      const name = relative(this.#folder, path).split(sep).join('/');
      if (isPlainPath(name, this.#rules)) yield name;
    }
    for (const path of filesIn(escapedObjects(this.#folder), false)) {
      const name = nameIn(path);
      // One that is none of ours, or was left when its process was killed.
      if (name === undefined || this.#place(name).escaped !== path) continue;
      const { plain } = this.#place(name);
      if (plain === undefined || lookAt(plain)?.isFile() !== true) yield name;
    }
  }

  #place(name: string): ObjectPlace {
    return objectPlace(this.#folder, name, this.#rules);
  }

  #openPlain(path: string): OpenFile | undefined {
    this.#requireFolders(path);
    return openFile(path);
  }

  /** Throws a `BlobError` where a link is on the way to a file. */
  #requireFolders(path: string): void {
    for (let folder = dirname(path); folder !== this.#folder; folder = dirname(folder)) {
      if (lookAt(folder)?.isSymbolicLink() === true) throw linkRefused(folder);
    }
  }

  /** Whether a name can't be that of a file now: a folder is there, or a file on the way. */
  #isTaken(path: string): boolean {
    if (lookAt(path)?.isDirectory() === true) return true;
    for (let folder = dirname(path); folder !== this.#folder; folder = dirname(folder)) {
      if (lookAt(folder)?.isFile() === true) return true;
    }
    return false;
  }

  /** Answers false where a folder is in the place, or a file in that of a folder. */
  #rename(path: string, plain: string): boolean {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#makeFolders(plain);
        this.#requireFolders(plain);
        renameSync(path, plain);
        return true;
      } catch (error) {
        const code = systemCode(error);
        if (['EISDIR', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST', 'EPERM'].includes(code) && this.#isTaken(plain))
          return false;
        // Somebody has removed the folder because it was empty.
        const mayGoOn = code === 'ENOENT' && attempt < mostAttempts && lookAt(this.#folder) !== undefined;
        if (!mayGoOn) throw error;
      }
    }
  }

  /** Those that a file is in, but never the container's: another host may have deleted it. */
  #makeFolders(path: string): void {
    const parent = dirname(path);
    if (parent === this.#folder || lookAt(parent)?.isDirectory() === true) return;
    this.#makeFolders(parent);
    try {
      mkdirSync(parent);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    flushNow(dirname(parent));
  }

  /** Folders are there for what is in them. */
  #removeEmpty(path: string): void {
    for (let folder = path; folder !== this.#folder; folder = dirname(folder)) {
      try {
        rmdirSync(folder);
      } catch {
        return;
      }
    }
  }
}

/** Of what is at a path, a link itself; undefined where nothing is. */
export function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (['ENOTDIR', 'ENAMETOOLONG'].includes(systemCode(error))) return undefined;
    throw error;
  }
}

/** Whether there was one. */
function removeFile(path: string): boolean {
  if (lookAt(path)?.isFile() !== true) return false;
  rmSync(path, { force: true });
  return true;
}

/** The files below a folder. @param isTop whether our own folder in it is left out */
function* filesIn(folder: string, isTop: boolean): Generator<string> {
  let entries: ReturnType<typeof opendirSync>;
  try {
    entries = opendirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return;
    throw error;
  }
  try {
    for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
      if (isTop && entry.name === ownFolder) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) yield* filesIn(path, false);
      else if (entry.isFile()) yield path;
    }
  } finally {
    entries.closeSync();
  }
}

/** The name in front of an object; undefined where there is none. */
function nameIn(path: string): string | undefined {
  const open = openFile(path);
  if (open === undefined) return undefined;
  try {
    const length = Buffer.alloc(4);
    if (readSync(open.file, length, 0, 4, 0) < 4) return undefined;
    const size = length.readUInt32BE();
    if (size > Math.min(open.length - 4, largestName)) return undefined;
    const name = Buffer.alloc(size);
    return readSync(open.file, name, 0, size, 4) < size ? undefined : name.toString();
  } finally {
    closeSync(open.file);
  }
}
