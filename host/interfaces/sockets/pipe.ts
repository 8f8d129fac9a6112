import { Duplex } from 'node:stream';
import type { MessagePort } from 'node:worker_threads';

/** How much may be under way to the other end, in bytes. */
const window = 64 * 1024;

/** A connection was refused by whoever listens, or has ended with its other end's thread. */
export class PipeBroken extends Error {
  readonly code: 'ECONNREFUSED' | 'ECONNRESET';

  constructor(code: 'ECONNREFUSED' | 'ECONNRESET') {
    super(code === 'ECONNREFUSED' ? 'the connection was refused' : 'the connection was reset');
    this.code = code;
  }
}

/** What one end says to the other, besides bytes and how many of these were taken. */
type Control = 'accept' | 'end' | 'reset';

/** One end of a connection within the private loopback, which may lead to another thread. */
export class Pipe extends Duplex {
  readonly #port: MessagePort;
  readonly #accepted = Promise.withResolvers<void>();
  #isAccepted: boolean;
  #untaken = 0;
  /** Bytes that were pushed and whose sender waits to hear that they were taken. */
  #unacknowledged = 0;
  #proceed: (() => void) | undefined;
  #isEnded = false;

  /** @param side the one that connects waits until the other one accepts */
  constructor(port: MessagePort, side: 'connects' | 'accepts') {
    super({ allowHalfOpen: true, readableHighWaterMark: window, writableHighWaterMark: window });
    this.#port = port;
    this.#isAccepted = side === 'accepts';
    this.#accepted.promise.catch(() => {});
    port.on('message', (message: Uint8Array | number | Control) => this.#came(message));
    port.on('close', () => this.#closed());
    // Whoever waits for bytes is a guest, and its request keeps the thread.
    port.unref();
  }

  /** Resolves once the other end has accepted. Rejects with a `PipeBroken`. */
  get accepted(): Promise<void> {
    return this.#accepted.promise;
  }

  /** Tells the other end that there is somebody. */
  accept(): void {
    this.#say('accept');
  }

  override _read(): void {
    if (this.#unacknowledged === 0) return;
    this.#port.postMessage(this.#unacknowledged);
    this.#unacknowledged = 0;
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    const bytes = Uint8Array.from(chunk);
    this.#untaken += bytes.length;
    this.#port.postMessage(bytes, [bytes.buffer]);
    if (this.#untaken < window) done();
    else this.#proceed = done;
  }

  override _final(done: () => void): void {
    this.#say('end');
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.#isEnded || !this.writableFinished) this.#say('reset');
    this.#port.close();
    done(error);
  }

  #came(message: Uint8Array | number | Control): void {
    if (this.destroyed) return;
    if (typeof message === 'number') this.#taken(message);
    else if (message === 'accept') {
      this.#isAccepted = true;
      this.#accepted.resolve();
    } else if (message === 'end') {
      this.#isEnded = true;
      this.push(null);
    } else if (message === 'reset') this.#closed();
    else {
      this.#unacknowledged += message.length;
      // With room for more, Node asks for it by `_read`, at once or when a consumer has read.
      this.push(message);
    }
  }

  #taken(bytes: number): void {
    this.#untaken -= bytes;
    const proceed = this.#proceed;
    if (proceed === undefined || this.#untaken >= window) return;
    this.#proceed = undefined;
    proceed();
  }

  /** The other end is gone. */
  #closed(): void {
    const broken = new PipeBroken(this.#isAccepted ? 'ECONNRESET' : 'ECONNREFUSED');
    this.#accepted.reject(broken);
    // Both have said all: that the other one is gone then says nothing.
    if (this.destroyed || (this.#isEnded && this.writableFinished)) return;
    this.destroy(broken);
  }

  #say(control: Control): void {
    this.#port.postMessage(control);
  }
}
