import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../../../shared/system-code.ts';
import { readEntry, writeFlushed } from './entry-file.ts';
import { FolderFlush } from './flush.ts';
import { hashOf, packEscaped, unpackEscaped } from './names.ts';

/** When a key ends by itself, as a file says. */
interface EndOfKey {
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly end: number;
}

/** A file that says when a key ends. */
export interface EndFile extends EndOfKey {
  /** That of the value which it is of. */
  readonly mark: string;
}

/**
 * The ends of the keys of a bucket that have one of their own: a file each, beside the values, so that a value's file has nothing
 * else in it. A file is of the one value whose mark it has in its name, and lies there before that value is put in its place: whatever
 * happens in between, the value that was there before has the end that it had.
 */
export class EndFiles {
  readonly #folder: string;
  readonly #flush: FolderFlush;
  readonly #makeFolder: () => void;

  /** @param makeFolder makes the folder, to last */
  constructor(folder: string, makeFolder: () => void) {
    this.#folder = folder;
    this.#flush = new FolderFlush(folder);
    this.#makeFolder = makeFolder;
  }

  /** When the key with this value ends, in milliseconds since 1970. */
  read(key: string, mark: string): number | undefined {
    return readEnd(this.#path(key, mark))?.end;
  }

  has(key: string, mark: string): boolean {
    return existsSync(this.#path(key, mark));
  }

  /** @param temporary a path at which nothing is yet */
  async write({ key, mark, end }: EndFile, temporary: string): Promise<void> {
    const path = this.#path(key, mark);
    await writeFlushed(temporary, packEscaped(key, Buffer.from(String(end))), () => {
      try {
        renameSync(temporary, path);
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error;
        this.#makeFolder();
        renameSync(temporary, path);
      }
    });
    await this.#flush.flush();
  }

  remove(key: string, mark: string): void {
    rmSync(this.#path(key, mark), { force: true });
  }

  /** Whether a key may have an end, for all that files say: one may be of a value that is there no more. */
  keys(): { has(key: string): boolean } {
    const hashes = new Set(this.#names().map((name) => name.split('-', 1)[0]));
    return { has: (key) => hashes.size > 0 && hashes.has(hashOf(key)) };
  }

  *all(): Generator<EndFile> {
    for (const name of this.#names()) {
      const [hash, mark = ''] = name.split('-');
      const found = readEnd(join(this.#folder, name));
      if (found !== undefined && hashOf(found.key) === hash) yield { ...found, mark };
    }
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  #path(key: string, mark: string): string {
    return join(this.#folder, `${hashOf(key)}-${mark}`);
  }
}

function readEnd(path: string): EndOfKey | undefined {
  const bytes = readEntry(path)?.bytes;
  const unpacked = bytes === undefined ? undefined : unpackEscaped(bytes);
  const end = Number(unpacked === undefined ? '' : Buffer.from(unpacked.value).toString() || 'none');
  return unpacked === undefined || Number.isNaN(end) ? undefined : { key: unpacked.key, end };
}
