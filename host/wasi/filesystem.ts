import { NeverMade } from './never-made.ts';
import { type ByteSink, type ByteSource, closed, failed, InputStream, OutputStream } from './streams.ts';

/** A folder that a guest may use. */
export interface Volume {
  /** Absolute path on the host. */
  readonly hostPath: string;
  /** The path under which the guest sees it. */
  readonly guestPath: string;
}

type Interfaces = Record<string, Record<string, unknown>>;

class NoDescriptor extends NeverMade {}
class NoDirectoryEntryStream extends NeverMade {}

/** What a guest without volumes sees. */
export const noFilesystem: Interfaces = {
  'wasi:filesystem/preopens': { getDirectories: () => [] },
  'wasi:filesystem/types': {
    Descriptor: NoDescriptor,
    DirectoryEntryStream: NoDirectoryEntryStream,
    filesystemErrorCode: () => undefined,
  },
};

/** `wasi:filesystem` with the given volumes, and nothing at all without any. */
export async function filesystem(volumes: readonly Volume[]): Promise<Interfaces> {
  if (volumes.length === 0) return noFilesystem;
  // The package's types describe its browser build, whose file systems are made of other things.
  const shim = (await import('@bytecodealliance/preview2-shim/filesystem')) as unknown as NodeFilesystem;
  giveStreams(shim.types.Descriptor.prototype);
  const { preopens, types } = shim.createFilesystem({
    preopens: Object.fromEntries(volumes.map(({ guestPath, hostPath }) => [guestPath, hostPath])),
  });
  return {
    'wasi:filesystem/preopens': preopens,
    'wasi:filesystem/types': { ...types, filesystemErrorCode: () => undefined },
  };
}

interface NodeFilesystem {
  readonly types: { readonly Descriptor: { readonly prototype: object } };
  createFilesystem(options: { preopens: Record<string, string> }): {
    readonly preopens: Record<string, unknown>;
    readonly types: Record<string, unknown>;
  };
}

/** The part of preview2-shim's descriptor that the streams are made of. */
interface Readable {
  read(length: bigint, offset: bigint): [Uint8Array, boolean];
  write(bytes: Uint8Array, offset: bigint): bigint;
  stat(): { size: bigint };
}

/**
 * preview2-shim's descriptors make streams of its own `wasi:io`, which a guest of ours can't take: there is
 * one `wasi:io` per component. So the three functions that make streams are made anew from read and write.
 */
function giveStreams(prototype: object): void {
  Object.assign(prototype, {
    readViaStream(this: Readable, offset: bigint): InputStream {
      return new InputStream(fileSource(this, offset));
    },
    writeViaStream(this: Readable, offset: bigint): OutputStream {
      return new OutputStream(fileSink(this, () => offset));
    },
    appendViaStream(this: Readable): OutputStream {
      return new OutputStream(fileSink(this, () => this.stat().size));
    },
  });
}

function fileSource(file: Readable, start: bigint): ByteSource {
  let offset = start;
  return {
    ready: true,
    read(limit) {
      if (limit === 0) return new Uint8Array();
      const [bytes] = attempt(() => file.read(BigInt(limit), offset));
      if (bytes.length === 0) throw closed;
      offset += BigInt(bytes.length);
      return bytes;
    },
    whenReady: () => Promise.resolve(),
  };
}

function fileSink(file: Readable, startAt: () => bigint): ByteSink {
  let offset: bigint | undefined;
  return {
    permit: () => 64 * 1024,
    write(bytes) {
      for (let rest = bytes; rest.length > 0; ) {
        const at: bigint = offset ?? startAt();
        const written = attempt(() => file.write(rest, at));
        offset = at + written;
        rest = rest.subarray(Number(written));
      }
    },
    flush: () => {},
    whenReady: () => Promise.resolve(),
  };
}

function attempt<T>(action: () => T): T {
  try {
    return action();
  } catch (reason) {
    throw failed(String(reason));
  }
}
