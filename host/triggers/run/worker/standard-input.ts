import type { GuestInput } from '../../../runtime/worker/guest.ts';
import { Signal } from '../../../shared/signal.ts';
import type { FromCommand, ToCommand } from '../messages.ts';

const nothing = new Uint8Array();

/** Standard input in the worker: what has come and was not read. */
export class StandardInput implements GuestInput {
  readonly #tell: (message: FromCommand) => void;
  readonly #signal = new Signal();
  #chunks: Uint8Array[] = [];
  #isBegun = false;
  #isAtEnd = false;
  #failure: Error | undefined;

  constructor(tell: (message: FromCommand) => void) {
    this.#tell = tell;
  }

  get ready(): boolean {
    this.#begin();
    return this.#chunks.length > 0 || this.#isAtEnd;
  }

  whenReady(): Promise<void> {
    this.#begin();
    return this.#signal.wait();
  }

  read(most: number): Uint8Array | undefined {
    this.#begin();
    const [chunk] = this.#chunks;
    if (chunk === undefined) {
      if (this.#failure !== undefined) throw this.#failure;
      return this.#isAtEnd ? undefined : nothing;
    }
    const taken = chunk.subarray(0, most);
    if (taken.length < chunk.length) this.#chunks[0] = chunk.subarray(taken.length);
    else this.#chunks.shift();
    if (taken.length > 0) this.#tell({ type: 'credit', bytes: taken.length });
    return taken;
  }

  receive(message: ToCommand): void {
    if (message.type === 'input') {
      if (message.bytes.length > 0) this.#chunks.push(message.bytes);
    } else {
      this.#isAtEnd = true;
      if (message.failure !== undefined) this.#failure = new Error(message.failure);
    }
    this.#signal.notify();
  }

  /** The guest is unwound: whoever waits is rejected. */
  abort(reason: Error): void {
    this.#signal.fail(reason);
  }

  #begin(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    this.#tell({ type: 'read' });
  }
}
