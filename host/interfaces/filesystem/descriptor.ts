import {
  type BigIntStats,
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import type { Holdings } from '../../runtime/worker/holdings.ts';
import type { InputStream, OutputStream } from '../io/streams.ts';
import { DirectoryEntryStream } from './directory-entries.ts';
import { attempt, type ErrorCode, refuse } from './error-code.ts';
import { readingStream, writingStream } from './file-streams.ts';
import { type DescriptorType, hashOf, type NewTimestamp, newTime, statOf } from './metadata.ts';
import { OpenFile } from './open-file.ts';
import { type DescriptorFlags, type OpenFlags, openPath } from './open-path.ts';
import { type Folder, leadsOut, type Place, pathOf, placeOf } from './place.ts';

interface PathFlags {
  readonly symlinkFollow?: boolean;
}

/** `wasi:filesystem/types` descriptor: an open file, or a folder by its path. Its functions throw an `ErrorCode`. */
export class Descriptor {
  readonly #target: Folder | OpenFile;
  readonly #flags: DescriptorFlags;
  readonly #holdings: Holdings;
  #isOpen = true;

  constructor(target: Folder | OpenFile, flags: DescriptorFlags, holdings: Holdings) {
    this.#target = target;
    this.#flags = flags;
    this.#holdings = holdings;
  }

  readViaStream(offset: bigint): InputStream {
    if (!(this.#target instanceof OpenFile)) refuse('is-directory');
    return readingStream(this.#readable().share(), offset);
  }

  writeViaStream(offset: bigint): OutputStream {
    return writingStream(this.#writable().share(), offset);
  }

  appendViaStream(): OutputStream {
    return writingStream(this.#writable().share(), 'end');
  }

  /** Advice is taken note of by nobody. */
  advise(_offset: bigint, _length: bigint, _advice: string): void {
    this.#file();
  }

  syncData(): void {
    this.#sync('data');
  }

  sync(): void {
    this.#sync('all');
  }

  getFlags(): DescriptorFlags {
    return this.#flags;
  }

  getType(): DescriptorType {
    return this.#target instanceof OpenFile ? 'regular-file' : 'directory';
  }

  setSize(size: bigint): void {
    const file = this.#file();
    if (this.#flags.write !== true) refuse('invalid');
    file.resize(size);
  }

  setTimes(access: NewTimestamp, modification: NewTimestamp): void {
    const target = this.#target;
    if (target instanceof OpenFile) target.setTimes(access, modification);
    else setTimes(placeOf(target, '.', false), access, modification);
  }

  /** At most 1 MiB; the flag tells that the end of the file was reached. */
  read(length: bigint, offset: bigint): [Uint8Array, boolean] {
    const bytes = this.#readable().read(length, offset);
    return [bytes, bytes.length === 0];
  }

  write(bytes: Uint8Array, offset: bigint): bigint {
    return BigInt(this.#writable().write(bytes, offset));
  }

  readDirectory(): DirectoryEntryStream {
    return new DirectoryEntryStream(placeOf(this.#folder(), '.', false).path, this.#holdings);
  }

  createDirectoryAt(path: string): void {
    const place = this.#place(path, false);
    attempt(() => mkdirSync(place.path));
  }

  stat(): Record<string, unknown> {
    return statOf(this.#stats());
  }

  statAt({ symlinkFollow = false }: PathFlags, path: string): Record<string, unknown> {
    return statOf(statsOf(this.#place(path, symlinkFollow)));
  }

  setTimesAt(
    { symlinkFollow = false }: PathFlags,
    path: string,
    access: NewTimestamp,
    modification: NewTimestamp,
  ): void {
    setTimes(this.#place(path, symlinkFollow), access, modification);
  }

  linkAt({ symlinkFollow = false }: PathFlags, path: string, folder: Descriptor, newPath: string): void {
    if (symlinkFollow) refuse('invalid');
    const from = this.#place(path, false);
    const to = folder.#place(newPath, false);
    refuseLinkOut(from, to);
    attempt(() => linkSync(from.path, to.path));
  }

  openAt(
    { symlinkFollow = false }: PathFlags,
    path: string,
    openFlags: OpenFlags,
    flags: DescriptorFlags,
  ): Descriptor {
    const opened = openPath(this.#folder(), path, symlinkFollow, openFlags, flags, this.#holdings);
    return new Descriptor(opened, opened instanceof OpenFile ? flags : folderFlags, this.#holdings);
  }

  readlinkAt(path: string): string {
    const { path: at } = this.#place(path, false);
    const target = attempt(() => readlinkSync(at));
    return target.startsWith('/') ? refuse('not-permitted') : target;
  }

  removeDirectoryAt(path: string): void {
    const place = this.#place(path, false);
    this.#refuseItself(place, 'invalid');
    attempt(() => rmdirSync(place.path));
  }

  renameAt(path: string, folder: Descriptor, newPath: string): void {
    const from = this.#place(path, false);
    const to = folder.#place(newPath, false);
    this.#refuseItself(from, 'busy');
    folder.#refuseItself(to, 'busy');
    refuseLinkOut(from, to);
    attempt(() => renameSync(from.path, to.path));
  }

  /** A link that would lead out of the volume is not made: other programs follow it, too. */
  symlinkAt(target: string, path: string): void {
    const place = this.#place(path, false);
    if (target === '') refuse('no-entry');
    if (target.includes('\0')) refuse('invalid');
    if (leadsOut(place, target)) refuse('not-permitted');
    attempt(() => symlinkSync(target, place.path));
  }

  unlinkFileAt(path: string): void {
    const place = this.#place(path, false);
    if (place.stats?.isDirectory() === true) refuse('is-directory');
    attempt(() => unlinkSync(place.path));
  }

  isSameObject(other: Descriptor): boolean {
    try {
      const mine = this.#stats();
      const its = other.#stats();
      return mine.dev === its.dev && mine.ino === its.ino;
    } catch (thrown) {
      if (typeof thrown !== 'string') throw thrown;
      return false;
    }
  }

  metadataHash(): { lower: bigint; upper: bigint } {
    return hashOf(this.#stats());
  }

  metadataHashAt({ symlinkFollow = false }: PathFlags, path: string): { lower: bigint; upper: bigint } {
    return hashOf(statsOf(this.#place(path, symlinkFollow)));
  }

  [Symbol.dispose](): void {
    if (this.#isOpen && this.#target instanceof OpenFile) this.#target.release();
    this.#isOpen = false;
  }

  #file(): OpenFile {
    return this.#target instanceof OpenFile ? this.#target : refuse('bad-descriptor');
  }

  #folder(): Folder {
    return this.#target instanceof OpenFile ? refuse('not-directory') : this.#target;
  }

  #readable(): OpenFile {
    return this.#flags.read === true ? this.#file() : refuse('bad-descriptor');
  }

  #writable(): OpenFile {
    return this.#flags.write === true ? this.#file() : refuse('bad-descriptor');
  }

  #place(path: string, follows: boolean): Place {
    return placeOf(this.#folder(), path, follows);
  }

  /** A folder can't be moved or removed by a path that means itself. */
  #refuseItself({ names }: Place, code: ErrorCode): void {
    if (names.length === this.#folder().names.length) refuse(code);
  }

  #stats(): BigIntStats {
    const target = this.#target;
    return target instanceof OpenFile ? target.stat() : statsOf(placeOf(target, '.', false));
  }

  #sync(what: 'data' | 'all'): void {
    const target = this.#target;
    if (target instanceof OpenFile) target.sync(what);
    else attempt(() => syncFolder(pathOf(target)));
  }
}

/** What a guest may do with folders. */
export const folderFlags: DescriptorFlags = { read: true, mutateDirectory: true };

/** What a link says depends on where it lies: elsewhere it may lead out of the volume. */
function refuseLinkOut(from: Place, to: Place): void {
  if (from.stats?.isSymbolicLink() !== true) return;
  if (
    leadsOut(
      to,
      attempt(() => readlinkSync(from.path)),
    )
  )
    refuse('not-permitted');
}

function statsOf({ path }: Place): BigIntStats {
  return attempt(() => lstatSync(path, { bigint: true }));
}

function setTimes(place: Place, access: NewTimestamp, modification: NewTimestamp): void {
  const { atimeNs, mtimeNs } = statsOf(place);
  const times = [newTime(access, atimeNs), newTime(modification, mtimeNs)] as const;
  attempt(() => lutimesSync(place.path, ...times));
}

function syncFolder(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
