import type { Chunk } from '../../engine/async/chunk.ts';
import { HostSource } from '../../engine/async/host-source.ts';
import type { ReadableStream } from '../../engine/async/shared-stream.ts';
import { StreamReader } from '../../engine/async/stream-reader.ts';
import { reasonOf } from '../../shared/host-error.ts';
import { BlobError, type Download, shownName } from './backends/backend.ts';
import type { UniformUpload } from './backends/uniform-backend.ts';
import { type BlobGuest, onObject } from './blob-guest.ts';
import { type BlobShape, containerFunctions, GuestContainer } from './guest-container.ts';

/** How many bytes of a guest's stream are taken at once, at most. */
const mostAtOnce = 256 * 1024;

const shape: BlobShape = {
  /** Nanoseconds, by the WIT. */
  time: (milliseconds) => BigInt(Math.max(0, Math.round(milliseconds * 1000))) * 1000n,
  error: (error) =>
    error.case === 'other' ? { tag: 'other', val: error.guestMessage } : { tag: error.case, val: undefined },
};

/** `wasmcloud:blobstore/container` container. */
class Container extends GuestContainer {
  getData(object: string, start: bigint, end: bigint): Promise<ReadableStream> {
    return this.answer(async () => {
      const download = await this.open(object, start, end);
      try {
        return streamOf(download, this.guest);
      } catch (error) {
        download.close();
        throw error;
      }
    });
  }

  writeData(object: string, stream: ReadableStream): Promise<void> {
    const id = this.id(object);
    const started = performance.now();
    const reader = new StreamReader(stream);
    return this.answer(async () => {
      let upload: UniformUpload | undefined;
      let closed: (() => void) | undefined;
      try {
        const writing = await this.guest.uploadOf(id);
        upload = writing;
        // The guest may end in the middle, and then the object of before stays.
        closed = this.guest.open.add(() => void writing.abort());
        const write = async (): Promise<void> => {
          for (let chunk = await nextOf(reader); chunk !== undefined; chunk = await nextOf(reader)) {
            await writing.write(chunk as Uint8Array);
          }
          // Such as the body of a client that has gone: the object of before stays.
          if (reader.isBroken)
            throw new BlobError(
              'other',
              `write of object ${shownName(object)}: what was to be written broke off`,
            );
          await writing.finish();
        };
        await this.guest.make('write-data', onObject(id), write, () => [writing.size], started);
      } catch (error) {
        reader.drop();
        await upload?.abort();
        throw error;
      } finally {
        closed?.();
      }
    });
  }

  listObjects(): Promise<ReadableStream> {
    return this.answer(async () => {
      const pages = await this.names();
      return new HostSource({
        read: async () => (await pages.next()).value ?? undefined,
        cancel: () => void pages.return(),
      });
    });
  }
}

/** The imports of `wasmcloud:blobstore` for one guest. */
export function blobstore(guest: BlobGuest): Record<string, Record<string, unknown>> {
  return {
    'wasmcloud:blobstore/types': {},
    'wasmcloud:blobstore/container': { Container },
    'wasmcloud:blobstore/blobstore': containerFunctions(
      guest,
      shape,
      (name) => new Container(name, guest, shape),
    ),
  };
}

/** A part of an object as a guest reads it. Throws a `BlobError` where the guest has too much open. */
function streamOf(download: Download, guest: BlobGuest): ReadableStream {
  const closed = guest.open.add(() => download.close());
  const end = (): undefined => {
    download.close();
    closed();
  };
  return new HostSource({
    async read() {
      try {
        return (await download.read()) ?? end();
      } catch (error) {
        end();
        // The stream has no way to say so, and ends.
        guest.tell(`${reasonOf(error)}; the component got only a part of it`);
        throw error;
      }
    },
    cancel: end,
  });
}

function nextOf(reader: StreamReader): Promise<Chunk | undefined> {
  return new Promise((resolve) => {
    reader.read(mostAtOnce, resolve);
  });
}
