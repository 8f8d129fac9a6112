import { Signal } from '../../shared/signal.ts';
import { type ByteSink, closed, failed } from '../io/streams.ts';
import { BlobError } from './backends/backend.ts';
import type { UniformUpload } from './backends/uniform-backend.ts';
import { Spool } from './spool.ts';

/** How much a guest may write ahead of the store, in bytes. */
const window = 1024 * 1024;

/**
 * What a guest writes of an object through `wasi:io`, on its way to the store. Before it has said where that goes, what is more than the
 * window is kept in a file.
 */
export class BodySink implements ByteSink {
  readonly #signal = new Signal();
  #waiting: Uint8Array[] = [];
  /** In bytes, with what is being written now. */
  #pending = 0;
  #upload: UniformUpload | undefined;
  #spool: Spool | undefined;
  #pumping: Promise<void> | undefined;
  #failure: unknown;
  #isOver = false;

  permit(): number {
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      if (!(failure instanceof BlobError)) throw failure;
      if (!this.#isOver) {
        this.#isOver = true;
        throw failed(failure.guestMessage);
      }
    }
    if (this.#isOver) throw closed;
    return window - this.#pending;
  }

  write(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#pending += bytes.length;
    this.#pump();
  }

  flush(): void {}

  whenReady(): Promise<void> {
    return this.#isOver || this.#failure !== undefined || this.#pending < window
      ? Promise.resolve()
      : this.#signal.wait();
  }

  /** From now on what is written goes there. */
  async connect(upload: UniformUpload): Promise<void> {
    await this.#pumping;
    this.#upload = upload;
    const spool = this.#spool;
    this.#spool = undefined;
    if (spool !== undefined) {
      this.#pumping = this.#drain(spool, upload);
      await this.#pumping;
    }
    this.#pump();
  }

  /** All that was written is with the store when it resolves. Rejects with what failed. */
  async finish(): Promise<void> {
    this.#isOver = true;
    await this.#pumping;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Nothing more is written. */
  abort(): void {
    this.#isOver = true;
    this.#waiting = [];
    const spool = this.#spool;
    this.#spool = undefined;
    if (spool !== undefined) void Promise.resolve(this.#pumping).then(() => spool.close());
    this.#signal.notify();
  }

  #pump(): void {
    if (this.#pumping !== undefined || this.#waiting.length === 0 || this.#failure !== undefined) return;
    // Most guests say at once where it goes.
    if (this.#upload === undefined && this.#spool === undefined && this.#pending < window) return;
    this.#pumping = this.#writeWaiting();
  }

  async #writeWaiting(): Promise<void> {
    try {
      if (this.#upload === undefined) this.#spool ??= new Spool();
      const target = this.#upload ?? this.#spool;
      if (target === undefined) return;
      for (let bytes = this.#waiting.shift(); bytes !== undefined; bytes = this.#waiting.shift()) {
        await target.write(bytes);
        this.#pending -= bytes.length;
        this.#signal.notify();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#pumping = undefined;
    }
  }

  async #drain(spool: Spool, upload: UniformUpload): Promise<void> {
    try {
      for await (const bytes of spool.read()) await upload.write(bytes);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#pumping = undefined;
      await spool.close();
    }
  }

  #fail(error: unknown): void {
    this.#failure = error;
    this.#waiting = [];
    this.#signal.notify();
  }
}
