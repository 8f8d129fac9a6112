import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../../../shared/system-code.ts';
import { hashOf } from './names.ts';

/**
 * The names of the buckets that hosts have opened under a root, a file each: folders may be of other programs, and those of names
 * that can't be file names are called by a hash.
 */
export class BucketNames {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  note(bucket: string): void {
    const path = join(this.#folder, hashOf(bucket));
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
    try {
      writeFileSync(path, bucket, { flag: 'wx' });
    } catch (error) {
      // Another host has noted it meanwhile.
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  }

  /** Those that begin with a text. */
  list(start: string): string[] {
    const names = this.#files().flatMap((hash) => {
      const name = readFileSync(join(this.#folder, hash), 'utf8');
      // One that is being written, or is none of ours, has another hash.
      return hashOf(name) === hash && name.startsWith(start) ? [name] : [];
    });
    return names.sort();
  }

  #files(): string[] {
    try {
      const items = readdirSync(this.#folder, { withFileTypes: true });
      return items.flatMap((item) => (item.isFile() ? [item.name] : []));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  }
}
