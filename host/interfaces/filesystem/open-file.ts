import {
  type BigIntStats,
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import type { Holdings } from '../../runtime/worker/holdings.ts';
import { attempt, refuse } from './error-code.ts';
import { type NewTimestamp, newTime } from './metadata.ts';

/** How many files one request may have open at a time; more is `insufficient-memory`. */
export const mostOpenFiles = 256;
/** No read is larger than this, in bytes, whatever the guest asks for. */
const largestRead = 1024 * 1024;
/** Some files of the system say that they are empty and are not. */
const smallestRead = 4096n;
/** The largest offset of a file, which the system counts in 63 bits. */
const largestOffset = 2n ** 63n - 1n;

/** An open file of the host. A descriptor and the streams that were made of it share it; the last of them closes it. */
export class OpenFile {
  #fd: number;
  #users = 1;
  readonly #holdings: Holdings;
  readonly #forget: () => void;

  private constructor(fd: number, holdings: Holdings) {
    this.#fd = fd;
    this.#holdings = holdings;
    holdings.openFiles += 1;
    this.#forget = holdings.keepOpen(() => this.#close());
  }

  /** Opens a file that is a plain one. Throws an `ErrorCode`. @param flags those of `open(2)` */
  static open(path: string, flags: number, holdings: Holdings): OpenFile {
    if (holdings.openFiles >= mostOpenFiles) refuse('insufficient-memory');
    const fd = attempt(() => openSync(path, flags, 0o666));
    const file = new OpenFile(fd, holdings);
    // Who opens a FIFO waits for its other end, and this thread has other requests.
    if (attempt(() => fstatSync(fd)).isFile()) return file;
    file.release();
    refuse('unsupported');
  }

  share(): OpenFile {
    this.#users += 1;
    return this;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#forget();
    this.#close();
  }

  /** At most 1 MiB, and fewer bytes only at the end of the file. */
  read(length: number | bigint, offset: bigint): Uint8Array {
    const size = Number(length < largestRead ? length : largestRead);
    if (offset > largestOffset) refuse('invalid');
    // A file may be far shorter than what is asked for.
    const rest = this.stat().size - offset;
    if (size === 0) return new Uint8Array();
    const most = rest > 0n ? rest : smallestRead;
    const bytes = new Uint8Array(most < size ? Number(most) : size);
    const count = attempt(() => readSync(this.#open(), bytes, 0, bytes.length, offset));
    return count === bytes.length ? bytes : bytes.slice(0, count);
  }

  /** Answers how many bytes were written. */
  write(bytes: Uint8Array, offset: bigint): number {
    const at = this.#position(offset);
    return attempt(() => writeSync(this.#open(), bytes, 0, bytes.length, at));
  }

  resize(size: bigint): void {
    const length = this.#position(size);
    attempt(() => ftruncateSync(this.#open(), length));
  }

  stat(): BigIntStats {
    return attempt(() => fstatSync(this.#open(), { bigint: true }));
  }

  setTimes(access: NewTimestamp, modification: NewTimestamp): void {
    const { atimeNs, mtimeNs } = this.stat();
    const times = [newTime(access, atimeNs), newTime(modification, mtimeNs)] as const;
    attempt(() => futimesSync(this.#open(), ...times));
  }

  /** @param what the data alone, or what is known of the file, too */
  sync(what: 'data' | 'all'): void {
    attempt(() => (what === 'data' ? fdatasyncSync : fsyncSync)(this.#open()));
  }

  /** Node takes a number to write at; no file system has files beyond what it can tell exactly. */
  #position(offset: bigint): number {
    if (offset > largestOffset) refuse('invalid');
    if (offset > BigInt(Number.MAX_SAFE_INTEGER)) refuse('file-too-large');
    return Number(offset);
  }

  /** A guest that was given up may still run: the number of its file may be another's by now. */
  #open(): number {
    return this.#fd >= 0 ? this.#fd : refuse('bad-descriptor');
  }

  #close(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    this.#holdings.openFiles -= 1;
    closeSync(fd);
  }
}
