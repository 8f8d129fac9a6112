import { Signal } from '../../shared/signal.ts';

/** How much of what guests print may be on its way to whoever reads it, in bytes. */
const window = 256 * 1024;

/** Keeps guests that print from filling the host's memory: while nobody reads it, they wait. */
export class OutputWindow {
  readonly #signal = new Signal();
  #untaken = 0;

  /** How many bytes may be printed now. */
  permit(): number {
    return Math.max(0, window - this.#untaken);
  }

  /** Resolves when the permit has grown. */
  whenReady(): Promise<void> {
    return this.#signal.wait();
  }

  /** So many bytes were printed. */
  printed(bytes: number): void {
    this.#untaken += bytes;
  }

  /** So many bytes have been taken. */
  taken(bytes: number): void {
    this.#untaken -= bytes;
    this.#signal.notify();
  }
}
