import type { Duplex } from 'node:stream';
import { Signal } from '../../shared/signal.ts';
import { type ByteSink, type ByteSource, closed, failed } from '../io/streams.ts';
import { codeOf, type ErrorCode } from './error-code.ts';

/** How much may wait to be sent, in bytes. */
const window = 64 * 1024;
/** How long what waits to be sent may take when nobody has the socket any more, in milliseconds. */
const longestFarewell = 5000;

const nothing = new Uint8Array();

/** A TCP connection, over whatever leads to its other end. */
export class TcpConnection {
  readonly stream: Duplex;
  readonly #readable = new Signal();
  readonly #writable = new Signal();
  readonly #onClosed: () => void;
  #rest: Uint8Array | undefined;
  #hasEnded = false;
  #error: ErrorCode | undefined;
  #isReadShut = false;
  #isWriteShut = false;
  #isClosing = false;

  /** @param onClosed told once when nothing of it is left */
  constructor(stream: Duplex, onClosed: () => void) {
    this.stream = stream;
    this.#onClosed = onClosed;
    stream.on('readable', () => {
      // The end is told only to whoever reads on.
      if (stream.readableLength === 0) stream.read(0);
      this.#readable.notify();
    });
    stream.on('end', () => {
      this.#hasEnded = true;
      this.#readable.notify();
    });
    stream.on('error', (error) => {
      this.#error ??= codeOf(error);
      this.#notify();
    });
    stream.once('close', () => {
      this.#hasEnded = true;
      this.#notify();
      this.#onClosed();
    });
  }

  /** Why it has broken; undefined while it has not. */
  get error(): ErrorCode | undefined {
    return this.#error;
  }

  readonly source: ByteSource = ((connection: TcpConnection): ByteSource => ({
    get ready() {
      return connection.hasInput;
    },
    read: (limit) => connection.#read(limit),
    whenReady: () => connection.#readable.wait(),
  }))(this);

  readonly sink: ByteSink = {
    permit: () => this.#permit(),
    write: (bytes) => {
      this.stream.write(bytes, () => this.#writable.notify());
    },
    flush: () => {},
    whenReady: () => this.#writable.wait(),
  };

  /** Whether reading would answer bytes, the end or a failure. */
  get hasInput(): boolean {
    return (
      this.#rest !== undefined ||
      this.stream.readableLength > 0 ||
      this.#hasEnded ||
      this.#isReadShut ||
      this.#error !== undefined
    );
  }

  /** Nothing more is read: what comes is dropped. */
  shutRead(): void {
    if (this.#isReadShut) return;
    this.#isReadShut = true;
    this.#rest = undefined;
    this.stream.removeAllListeners('readable');
    this.stream.resume();
    this.#readable.notify();
  }

  /** Nothing more is written: the other end reads to the end. */
  shutWrite(): void {
    if (this.#isWriteShut) return;
    this.#isWriteShut = true;
    this.stream.end();
    this.#writable.notify();
  }

  /** Resolves when all that was written has been handed on, or it has broken. */
  async written(): Promise<void> {
    while (this.stream.writableLength > 0 && !this.stream.destroyed) await this.#writable.wait();
  }

  /** Nobody has it any more. What was written still goes out. */
  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.shutRead();
    const { stream } = this;
    const timer = setTimeout(() => stream.destroy(), longestFarewell).unref();
    stream.once('close', () => clearTimeout(timer));
    this.#isWriteShut = true;
    stream.end(() => stream.destroy());
  }

  /** Breaks it off at once: nobody waits for the guest. */
  abort(reason: Error): void {
    this.#readable.fail(reason);
    this.#writable.fail(reason);
    this.stream.destroy();
  }

  #read(limit: number): Uint8Array {
    if (this.#isReadShut) throw closed;
    const chunk = this.#rest ?? (this.stream.read() as Uint8Array | null) ?? undefined;
    this.#rest = undefined;
    if (chunk === undefined) {
      if (this.#error !== undefined) throw failed(this.#error);
      if (this.#hasEnded) throw closed;
      return nothing;
    }
    if (chunk.length <= limit) return chunk;
    this.#rest = chunk.subarray(limit);
    return chunk.subarray(0, limit);
  }

  #permit(): number {
    if (this.#error !== undefined) throw failed(this.#error);
    if (this.#isWriteShut || this.stream.destroyed) throw closed;
    return Math.max(0, window - this.stream.writableLength);
  }

  #notify(): void {
    this.#readable.notify();
    this.#writable.notify();
  }
}
