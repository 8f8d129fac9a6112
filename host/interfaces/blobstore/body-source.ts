import { Signal } from '../../shared/signal.ts';
import { type ByteSource, closed, failed, type StreamError } from '../io/streams.ts';
import { BlobError, type Download } from './backends/backend.ts';

/** How many chunks are held: the one that the guest reads, and the next, which is read meanwhile. */
const mostChunks = 2;

/** What a guest reads of an object through `wasi:io`, a little ahead of it, however long it takes. */
export class BodySource implements ByteSource {
  readonly #download: Download;
  readonly #closed: () => void;
  readonly #signal = new Signal();
  #chunks: Uint8Array[] = [];
  #at = 0;
  #end: StreamError | undefined;
  #isReading = false;
  #fault: Error | undefined;

  /** @param closed called once when nothing more is read */
  constructor(download: Download, closed: () => void) {
    this.#download = download;
    this.#closed = closed;
    this.#readAhead();
  }

  get ready(): boolean {
    return this.#chunks.length > 0 || this.#end !== undefined || this.#fault !== undefined;
  }

  read(limit: number): Uint8Array {
    if (this.#fault !== undefined) throw this.#fault;
    const [chunk] = this.#chunks;
    if (chunk === undefined) {
      if (this.#end === undefined) return new Uint8Array();
      const end = this.#end;
      this.#end = closed;
      throw end;
    }
    const part = chunk.subarray(this.#at, this.#at + limit);
    this.#at += part.length;
    if (this.#at === chunk.length) {
      this.#chunks.shift();
      this.#at = 0;
      this.#readAhead();
    }
    return part;
  }

  whenReady(): Promise<void> {
    return this.ready ? Promise.resolve() : this.#signal.wait();
  }

  close(): void {
    this.#finish(closed);
    this.#chunks = [];
    this.#signal.notify();
  }

  #readAhead(): void {
    if (this.#end !== undefined || this.#isReading || this.#chunks.length >= mostChunks) return;
    this.#isReading = true;
    void this.#next();
  }

  async #next(): Promise<void> {
    try {
      const chunk = await this.#download.read();
      if (chunk === undefined) this.#finish(closed);
      else if (this.#end === undefined) this.#chunks.push(chunk);
    } catch (error) {
      if (error instanceof BlobError) this.#finish(failed(error.guestMessage));
      else {
        this.#fault = error instanceof Error ? error : new Error(String(error));
        this.#finish(closed);
      }
    } finally {
      this.#isReading = false;
      this.#signal.notify();
      this.#readAhead();
    }
  }

  #finish(end: StreamError): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#download.close();
    this.#closed();
  }
}
