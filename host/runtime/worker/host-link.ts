import type { Blocks } from '../ipc/blocks.ts';
import type { Channel } from '../ipc/channel.ts';
import { writeNote } from '../ipc/note-record.ts';
import { writeOutput } from '../ipc/output-record.ts';
import type { FromWorker, ToWorker } from '../ipc/protocol.ts';
import type { Sending } from '../ipc/sending.ts';
import type { Output } from '../outcome.ts';
import type { CallLink, GuestCall } from './worker-trigger.ts';

/** What a worker sends to the main thread. */
export class HostLink implements CallLink {
  readonly #channel: Channel<FromWorker, ToWorker, GuestCall | undefined>;

  constructor(channel: Channel<FromWorker, ToWorker, GuestCall | undefined>) {
    this.#channel = channel;
  }

  post(message: FromWorker): void {
    this.#channel.post([message]);
  }

  output<T extends Output>(sending: Sending<T, Output>, output: T): void {
    const end = writeOutput(this.#channel.outgoing, this.blocks, sending, output);
    if (end !== undefined) {
      this.#channel.commit(end);
      return;
    }
    const { value, transfer } = sending.message(output);
    this.#channel.post([{ type: 'output', output: value }], transfer);
  }

  get blocks(): Blocks {
    return this.#channel.outgoingBlocks;
  }

  note(id: number, kind: number, amount: number): void {
    const end = writeNote(this.#channel.outgoing, id, kind, amount);
    if (end === undefined) this.post({ type: 'note', id, kind, amount });
    else this.#channel.commit(end);
  }

  tell(id: number, message: unknown): void {
    this.post({ type: 'about', id, message });
  }
}
