import type { Readable } from 'node:stream';
import { reasonOf } from '../../shared/host-error.ts';
import { type FromCommand, inputWindow, type ToCommand } from './messages.ts';

/** Reads standard input for a command, from when the command first wants it, and no faster than the command reads. */
export class InputFeed {
  readonly #input: Readable;
  readonly #tell: (message: ToCommand) => void;
  #untaken = 0;
  #isReading = false;

  constructor(input: Readable, tell: (message: ToCommand) => void) {
    this.#input = input;
    this.#tell = tell;
  }

  receive(message: FromCommand): void {
    if (message.type === 'read') this.#begin();
    else {
      this.#untaken -= message.bytes;
      if (this.#isReading && this.#untaken < inputWindow) this.#input.resume();
    }
  }

  /** Nobody wants more. */
  close(): void {
    if (!this.#isReading) return;
    this.#isReading = false;
    const input = this.#input;
    input
      .off('data', this.#came)
      .off('end', this.#ended)
      .off('close', this.#ended)
      .off('error', this.#failed);
    // What is written to it meanwhile is for whoever reads it next.
    input.pause();
    // It may still break.
    input.on('error', () => {});
  }

  #begin(): void {
    if (this.#isReading) return;
    const input = this.#input;
    if (input.errored || input.destroyed || input.readableEnded) {
      this.#tell(
        input.errored ? { type: 'inputEnd', failure: reasonOf(input.errored) } : { type: 'inputEnd' },
      );
      return;
    }
    this.#isReading = true;
    input.on('end', this.#ended).on('close', this.#ended).on('error', this.#failed).on('data', this.#came);
    input.resume();
  }

  readonly #came = (chunk: Uint8Array | string): void => {
    // A copy: Node hands out parts of larger buffers, and of those a message takes all along.
    const bytes = Uint8Array.from(Buffer.from(chunk as string));
    this.#untaken += bytes.length;
    if (this.#untaken >= inputWindow) this.#input.pause();
    this.#tell({ type: 'input', bytes });
  };

  readonly #ended = (): void => {
    this.close();
    this.#tell({ type: 'inputEnd' });
  };

  readonly #failed = (error: Error): void => {
    this.close();
    this.#tell({ type: 'inputEnd', failure: reasonOf(error) });
  };
}
