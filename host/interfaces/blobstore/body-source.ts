import { Signal } from '../../shared/signal.ts';
import { type ByteSource, closed, failed, type StreamError } from '../io/streams.ts';
import { BlobError, type Download } from './backends/backend.ts';

/** What a guest reads of an object through `wasi:io`: one chunk is read ahead, however long the guest takes. */
export class BodySource implements ByteSource {
  readonly #download: Download;
  readonly #closed: () => void;
  readonly #signal = new Signal();
  #chunk: Uint8Array | undefined;
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
    return this.#chunk !== undefined || this.#end !== undefined || this.#fault !== undefined;
  }

  read(limit: number): Uint8Array {
    if (this.#fault !== undefined) throw this.#fault;
    const chunk = this.#chunk;
    if (chunk === undefined) {
      if (this.#end === undefined) return new Uint8Array();
      const end = this.#end;
      this.#end = closed;
      throw end;
    }
    const part = chunk.subarray(this.#at, this.#at + limit);
    this.#at += part.length;
    if (this.#at === chunk.length) {
      this.#chunk = undefined;
      this.#readAhead();
    }
    return part;
  }

  whenReady(): Promise<void> {
    return this.ready ? Promise.resolve() : this.#signal.wait();
  }

  close(): void {
    this.#finish(closed);
    this.#chunk = undefined;
    this.#signal.notify();
  }

  #readAhead(): void {
    if (this.#end !== undefined || this.#isReading) return;
    this.#isReading = true;
    void this.#next();
  }

  async #next(): Promise<void> {
    try {
      const chunk = await this.#download.read();
      if (chunk === undefined) this.#finish(closed);
      else if (this.#end === undefined) {
        this.#chunk = chunk;
        this.#at = 0;
      }
    } catch (error) {
      if (error instanceof BlobError) this.#finish(failed(error.guestMessage));
      else {
        this.#fault = error instanceof Error ? error : new Error(String(error));
        this.#finish(closed);
      }
    } finally {
      this.#isReading = false;
      this.#signal.notify();
    }
  }

  #finish(end: StreamError): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#download.close();
    this.#closed();
  }
}
