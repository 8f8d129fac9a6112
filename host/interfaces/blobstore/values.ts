import { InputStream, OutputStream } from '../io/streams.ts';
import { BlobError, type Download, type ObjectId } from './backends/backend.ts';
import type { UniformUpload } from './backends/uniform-backend.ts';
import { type BlobGuest, onObject } from './blob-guest.ts';
import { BodySink } from './body-sink.ts';
import { BodySource } from './body-source.ts';

/** The largest part of an object that is answered in one piece, in bytes; larger ones are read as streams. */
export const largestSync = 64 * 1024 * 1024;

/** `wasi:blobstore/types` incoming-value: a part of an object, as it was when it was asked for. */
export class IncomingValue {
  readonly #download: Download;
  readonly #closed: () => void;

  constructor(download: Download, guest: BlobGuest) {
    this.#download = download;
    this.#closed = guest.open.add(() => download.close());
  }

  static async incomingValueConsumeSync(value: IncomingValue): Promise<Uint8Array> {
    const download = value.#download;
    try {
      if (download.length > largestSync) {
        throw `the value has ${download.length} bytes; at most ${largestSync} are answered in one piece: read it with incoming-value-consume-async`;
      }
      const bytes = new Uint8Array(download.length);
      let at = 0;
      for (let chunk = await download.read(); chunk !== undefined; chunk = await download.read()) {
        bytes.set(chunk, at);
        at += chunk.length;
      }
      return bytes;
    } catch (error) {
      throw error instanceof BlobError ? error.guestMessage : error;
    } finally {
      value[Symbol.dispose]();
    }
  }

  static incomingValueConsumeAsync(value: IncomingValue): InputStream {
    return new InputStream(new BodySource(value.#download, value.#closed));
  }

  size(): bigint {
    return BigInt(this.#download.length);
  }

  [Symbol.dispose](): void {
    this.#download.close();
    this.#closed();
  }
}

/** `wasi:blobstore/types` outgoing-value: an object that is written, which is there once it is finished. */
export class OutgoingValue {
  #guest: BlobGuest;
  readonly #sink = new BodySink();
  readonly #closed: () => void;
  #hasBody = false;
  #target: ObjectId | undefined;
  #upload: UniformUpload | undefined;
  #begun = 0;
  #isOver = false;

  constructor(guest: BlobGuest) {
    this.#guest = guest;
    this.#closed = guest.open.add(() => this.#giveUp());
  }

  /** Once; the second time the guest gets an error. */
  outgoingValueWriteBody(): OutputStream {
    if (this.#hasBody) throw { payload: undefined };
    this.#hasBody = true;
    return new OutputStream(this.#sink);
  }

  /** Says which object it becomes. @param guest as it uses the store of that object */
  async connect(target: ObjectId, guest: BlobGuest): Promise<void> {
    if (this.#target !== undefined) {
      throw new BlobError(
        'other',
        `this outgoing-value is written to object '${this.#target.object}' already; make another one`,
      );
    }
    this.#target = target;
    this.#guest = guest;
    this.#begun = performance.now();
    const upload = await this.#guest.uploadOf(target);
    // The guest may have ended meanwhile.
    if (this.#isOver) {
      await upload.abort();
      return;
    }
    this.#upload = upload;
    await this.#sink.connect(upload);
  }

  static async finish(value: OutgoingValue): Promise<void> {
    const target = value.#target;
    const upload = value.#upload;
    try {
      if (target === undefined || upload === undefined) {
        throw new BlobError(
          'other',
          'nothing was stored: no write-data has said which object this outgoing-value becomes',
        );
      }
      await value.#guest.make(
        'write-data',
        onObject(target),
        async () => {
          await value.#sink.finish();
          await upload.finish();
        },
        () => [upload.size],
        value.#begun,
      );
      value.#isOver = true;
      value.#closed();
    } catch (error) {
      throw error instanceof BlobError ? error.guestMessage : error;
    } finally {
      value[Symbol.dispose]();
    }
  }

  /** Without `finish`, what was written counts as broken: the object of before stays. */
  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#closed();
    this.#giveUp();
  }

  #giveUp(): void {
    this.#isOver = true;
    this.#sink.abort();
    void this.#upload?.abort();
  }
}

/** The class as one guest has it: WIT makes a value without saying whose it is. */
export function outgoingValueOf(guest: BlobGuest): typeof OutgoingValue {
  const Own = class extends OutgoingValue {
    static newOutgoingValue(): OutgoingValue {
      return new Own(guest);
    }
  };
  return Own;
}
