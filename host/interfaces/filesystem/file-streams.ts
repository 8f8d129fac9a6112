import { IoError } from '../io/io-error.ts';
import {
  type ByteSink,
  type ByteSource,
  closed,
  InputStream,
  OutputStream,
  type StreamError,
} from '../io/streams.ts';
import type { OpenFile } from './open-file.ts';

/** How much may be written at once, in bytes. */
const writePermit = 64 * 1024;

/** The bytes of a file from an offset on. The stream keeps the file open. */
export function readingStream(file: OpenFile, start: bigint): InputStream {
  let offset = start;
  const source: ByteSource = {
    ready: true,
    read(limit) {
      if (limit === 0) return new Uint8Array();
      const bytes = attemptOnStream(() => file.read(limit, offset));
      if (bytes.length === 0) throw closed;
      offset += BigInt(bytes.length);
      return bytes;
    },
    whenReady: () => Promise.resolve(),
    close: releaseOnce(file),
  };
  return new InputStream(source);
}

/** Writes to a file from an offset on, or always at its end. The stream keeps the file open. */
export function writingStream(file: OpenFile, start: bigint | 'end'): OutputStream {
  let offset = start;
  const sink: ByteSink = {
    permit: () => writePermit,
    write(bytes) {
      for (let rest = bytes; rest.length > 0; ) {
        const now = rest;
        const written = attemptOnStream(() => file.write(now, offset === 'end' ? file.stat().size : offset));
        if (offset !== 'end') offset += BigInt(written);
        rest = rest.subarray(written);
      }
    },
    flush: () => {},
    whenReady: () => Promise.resolve(),
    close: releaseOnce(file),
  };
  return new OutputStream(sink);
}

function releaseOnce(file: OpenFile): () => void {
  let isOpen = true;
  return () => {
    if (isOpen) file.release();
    isOpen = false;
  };
}

/** An error of the file as that of a stream; `filesystem-error-code` finds it there. */
function attemptOnStream<T>(action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    if (typeof thrown !== 'string') throw thrown;
    throw {
      tag: 'last-operation-failed',
      val: new IoError(thrown, { filesystem: thrown }),
    } satisfies StreamError;
  }
}
