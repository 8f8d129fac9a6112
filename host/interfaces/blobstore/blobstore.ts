import type { BlobGuest } from './blob-guest.ts';
import { type BlobShape, containerFunctions, GuestContainer } from './guest-container.ts';
import { StreamObjectNames } from './object-names.ts';
import { IncomingValue, type OutgoingValue, outgoingValueOf } from './values.ts';

const shape: BlobShape = {
  // The WIT leaves open what it counts; wash counts seconds.
  time: (milliseconds) => BigInt(Math.max(0, Math.floor(milliseconds / 1000))),
  error: ({ guestMessage }) => guestMessage,
};

/** `wasi:blobstore/container` container. */
class Container extends GuestContainer {
  getData(object: string, start: bigint, end: bigint): Promise<IncomingValue> {
    return this.answer(async () => {
      const download = await this.open(object, start, end);
      try {
        return new IncomingValue(download, this.guest);
      } catch (error) {
        download.close();
        throw error;
      }
    });
  }

  writeData(object: string, value: OutgoingValue): Promise<void> {
    return this.answer(() => value.connect(this.id(object), this.guest));
  }

  listObjects(): Promise<StreamObjectNames> {
    return this.answer(async () => new StreamObjectNames(await this.names(), (act) => this.answer(act)));
  }
}

/** The imports of `wasi:blobstore` for one guest. */
export function blobstore(guest: BlobGuest): Record<string, Record<string, unknown>> {
  return {
    'wasi:blobstore/types': { IncomingValue, OutgoingValue: outgoingValueOf(guest) },
    'wasi:blobstore/container': { Container, StreamObjectNames },
    'wasi:blobstore/blobstore': containerFunctions(guest, shape, (name) => new Container(name, guest, shape)),
  };
}
