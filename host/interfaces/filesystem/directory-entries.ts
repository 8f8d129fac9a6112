import { type Dir, lstatSync, opendirSync } from 'node:fs';
import type { Holdings } from '../../runtime/worker/holdings.ts';
import { attempt, refuse } from './error-code.ts';
import { type DescriptorType, typeOf } from './metadata.ts';
import { mostOpenFiles } from './open-file.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `wasi:filesystem/types` directory-entry-stream. The folder stays open until the stream is dropped. */
export class DirectoryEntryStream {
  readonly #path: string;
  readonly #dir: Dir;
  readonly #holdings: Holdings;
  readonly #forget: () => void;
  #isOpen = true;

  /** Throws an `ErrorCode`. @param path absolute, on the host */
  constructor(path: string, holdings: Holdings) {
    if (holdings.openFiles >= mostOpenFiles) refuse('insufficient-memory');
    this.#path = path;
    // Names are bytes: those that are no UTF-8 must not become others.
    this.#dir = attempt(() => opendirSync(path, { encoding: 'buffer' as BufferEncoding, bufferSize: 64 }));
    this.#holdings = holdings;
    holdings.openFiles += 1;
    this.#forget = holdings.keepOpen(() => this.#close());
  }

  /** The next entry, without `.` and `..`; nothing at the end. */
  readDirectoryEntry(): { type: DescriptorType; name: string } | undefined {
    if (!this.#isOpen) refuse('bad-descriptor');
    const entry = attempt(() => this.#dir.readSync());
    if (entry === null) return undefined;
    const bytes = entry.name as unknown as Buffer;
    const name = decode(bytes);
    const type = typeOf(entry);
    return { name, type: type === 'unknown' ? this.#typeOf(bytes) : type };
  }

  /** Some file systems don't say the type with the name. */
  #typeOf(name: Buffer): DescriptorType {
    const path = Buffer.concat([Buffer.from(`${this.#path}/`), name]);
    const stats = attempt(() => lstatSync(path, { throwIfNoEntry: false }));
    return stats === undefined ? 'unknown' : typeOf(stats);
  }

  [Symbol.dispose](): void {
    this.#forget();
    this.#close();
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#holdings.openFiles -= 1;
    this.#dir.closeSync();
  }
}

function decode(name: Buffer): string {
  try {
    return utf8.decode(name);
  } catch {
    return refuse('illegal-byte-sequence');
  }
}
