import { HostFuture } from '../../engine/async/host-future.ts';
import { HostSource } from '../../engine/async/host-source.ts';
import type { ReadableFuture } from '../../engine/async/shared-future.ts';
import type { ReadableStream } from '../../engine/async/shared-stream.ts';
import { StreamReader } from '../../engine/async/stream-reader.ts';
import type { HostImports } from '../../engine/link/host-imports.ts';
import type { MaybePromise } from '../../shared/maybe-promise.ts';
import { IoError } from '../io/io-error.ts';
import type { InputStream, OutputStream } from '../io/streams.ts';
import type { Descriptor as Descriptor2 } from './descriptor.ts';
import type { DescriptorType, NewTimestamp } from './metadata.ts';
import type { DescriptorFlags, OpenFlags } from './open-path.ts';

/** How many bytes of a file are read or written at once, at most. */
const mostAtOnce = 64 * 1024;
/** How many entries of a folder are given at once, at most. */
const entriesAtOnce = 64;

type FileError = { readonly tag: string; readonly val?: undefined };
type Result = { readonly tag: 'ok' } | { readonly tag: 'err'; readonly val: FileError };
type PathFlags = { readonly symlinkFollow?: boolean };

const done: Result = { tag: 'ok' };

/**
 * `wasi:filesystem/types@0.3.0` descriptor: that of 0.2, whose functions answer at once, with streams in place of 0.2's and errors
 * that are cases of a variant.
 */
export class Descriptor {
  readonly #file: Descriptor2;

  constructor(file: Descriptor2) {
    this.#file = file;
  }

  readViaStream(offset: bigint): [ReadableStream, ReadableFuture] {
    let input: InputStream | undefined;
    return streamOf(
      () => {
        input ??= this.#file.readViaStream(offset);
        return readAll(input);
      },
      () => input?.[Symbol.dispose](),
    );
  }

  writeViaStream(stream: ReadableStream, offset: bigint): ReadableFuture {
    return writing(stream, () => this.#file.writeViaStream(offset));
  }

  appendViaStream(stream: ReadableStream): ReadableFuture {
    return writing(stream, () => this.#file.appendViaStream());
  }

  advise(offset: bigint, length: bigint, advice: string): void {
    attempt(() => this.#file.advise(offset, length, advice));
  }

  syncData(): void {
    attempt(() => this.#file.syncData());
  }

  sync(): void {
    attempt(() => this.#file.sync());
  }

  getFlags(): DescriptorFlags {
    return this.#file.getFlags();
  }

  getType(): TypeOfFile {
    return typeOf(this.#file.getType());
  }

  setSize(size: bigint): void {
    attempt(() => this.#file.setSize(size));
  }

  setTimes(access: NewTimestamp, modification: NewTimestamp): void {
    attempt(() => this.#file.setTimes(access, modification));
  }

  readDirectory(): [ReadableStream, ReadableFuture] {
    let entries: ReturnType<Descriptor2['readDirectory']> | undefined;
    const close = (): void => entries?.[Symbol.dispose]();
    return streamOf((most) => {
      entries ??= this.#file.readDirectory();
      const list: unknown[] = [];
      while (list.length < Math.min(most, entriesAtOnce)) {
        const entry = entries.readDirectoryEntry();
        if (entry === undefined) break;
        list.push({ type: typeOf(entry.type), name: entry.name });
      }
      return list.length === 0 ? undefined : list;
    }, close);
  }

  createDirectoryAt(path: string): void {
    attempt(() => this.#file.createDirectoryAt(path));
  }

  stat(): Record<string, unknown> {
    return statOf(attempt(() => this.#file.stat()));
  }

  statAt(flags: PathFlags, path: string): Record<string, unknown> {
    return statOf(attempt(() => this.#file.statAt(flags, path)));
  }

  setTimesAt(flags: PathFlags, path: string, access: NewTimestamp, modification: NewTimestamp): void {
    attempt(() => this.#file.setTimesAt(flags, path, access, modification));
  }

  linkAt(flags: PathFlags, path: string, folder: Descriptor, newPath: string): void {
    attempt(() => this.#file.linkAt(flags, path, folder.#file, newPath));
  }

  openAt(path: PathFlags, name: string, open: OpenFlags, flags: DescriptorFlags): Descriptor {
    return new Descriptor(attempt(() => this.#file.openAt(path, name, open, flags)));
  }

  readlinkAt(path: string): string {
    return attempt(() => this.#file.readlinkAt(path));
  }

  removeDirectoryAt(path: string): void {
    attempt(() => this.#file.removeDirectoryAt(path));
  }

  renameAt(path: string, folder: Descriptor, newPath: string): void {
    attempt(() => this.#file.renameAt(path, folder.#file, newPath));
  }

  symlinkAt(target: string, path: string): void {
    attempt(() => this.#file.symlinkAt(target, path));
  }

  unlinkFileAt(path: string): void {
    attempt(() => this.#file.unlinkFileAt(path));
  }

  isSameObject(other: Descriptor): boolean {
    return this.#file.isSameObject(other.#file);
  }

  metadataHash(): unknown {
    return attempt(() => this.#file.metadataHash());
  }

  metadataHashAt(flags: PathFlags, path: string): unknown {
    return attempt(() => this.#file.metadataHashAt(flags, path));
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}

type TypeOfFile = { readonly tag: string; readonly val?: undefined };

/** 0.3 has no unknown type, but others. */
function typeOf(type: DescriptorType): TypeOfFile {
  return type === 'unknown' ? { tag: 'other', val: undefined } : { tag: type };
}

function statOf(stat: Record<string, unknown>): Record<string, unknown> {
  return { ...stat, type: typeOf(stat.type as DescriptorType) };
}

/** Does what 0.2 does; its errors are names, 0.3's are cases. */
function attempt<T>(action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    throw typeof thrown === 'string' ? caseOf(thrown) : thrown;
  }
}

function caseOf(code: string): FileError {
  // 0.3 has no `would-block`: nothing is asked for that could.
  return code === 'would-block' ? { tag: 'other', val: undefined } : { tag: code };
}

/** A stream that ends where there is no more, or an error, and a future that tells which. */
function streamOf(
  read: (most: number) => MaybePromise<Uint8Array | readonly unknown[] | undefined>,
  close: () => void,
): [ReadableStream, ReadableFuture] {
  const ended = Promise.withResolvers<Result>();
  const end = (result: Result): undefined => {
    close();
    ended.resolve(result);
    return undefined;
  };
  const source = {
    read(most: number) {
      try {
        return read(most) ?? end(done);
      } catch (thrown) {
        return end({ tag: 'err', val: errorOf(thrown) });
      }
    },
    cancel: () => void end(done),
  };
  return [new HostSource(source), new HostFuture(() => ended.promise)];
}

/** The next bytes of a file; undefined at its end. */
function readAll(input: InputStream): Uint8Array | undefined {
  try {
    return input.read(BigInt(mostAtOnce));
  } catch (thrown) {
    if (isClosed(thrown)) return undefined;
    throw thrown;
  }
}

/** Writes a stream to a file, to its end. */
function writing(stream: ReadableStream, open: () => OutputStream): ReadableFuture {
  const reader = new StreamReader(stream);
  const ended = Promise.withResolvers<Result>();
  let output: OutputStream | undefined;
  const end = (result: Result): void => {
    output?.[Symbol.dispose]();
    ended.resolve(result);
  };
  const next = (): void =>
    reader.read(mostAtOnce, (chunk) => {
      try {
        output ??= open();
        if (chunk === undefined) {
          end(done);
          return;
        }
        output.write(chunk as Uint8Array);
      } catch (thrown) {
        reader.drop();
        end({ tag: 'err', val: errorOf(thrown) });
        return;
      }
      queueMicrotask(next);
    });
  next();
  return new HostFuture(() => ended.promise);
}

function errorOf(thrown: unknown): FileError {
  if (typeof thrown === 'string') return caseOf(thrown);
  if (isTagged(thrown) && thrown.tag === 'last-operation-failed') return caseOf(codeOf(thrown));
  throw thrown;
}

function codeOf(thrown: object): string {
  const error: unknown = 'val' in thrown ? thrown.val : undefined;
  return (error instanceof IoError ? error.codes.filesystem : undefined) ?? 'io';
}

function isClosed(thrown: unknown): boolean {
  return isTagged(thrown) && thrown.tag === 'closed';
}

function isTagged(thrown: unknown): thrown is { readonly tag: unknown } {
  return typeof thrown === 'object' && thrown !== null && 'tag' in thrown;
}

/** `wasi:filesystem@0.3.0`, made of 0.2's. */
export function filesystem(imports: HostImports): HostImports {
  const directories = imports['wasi:filesystem/preopens']?.getDirectories;
  return {
    'wasi:filesystem/preopens': {
      getDirectories: () =>
        (typeof directories === 'function' ? (directories() as [Descriptor2, string][]) : []).map(
          ([file, path]) => [new Descriptor(file), path],
        ),
    },
    'wasi:filesystem/types': { Descriptor },
  };
}
