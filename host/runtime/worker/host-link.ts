import { transferableCopy } from '../../shared/transferable-copy.ts';
import type { Channel } from '../ipc/channel.ts';
import type { FromWorker, GuestRequest, Output, ToWorker } from '../ipc/protocol.ts';
import { writeOutput } from '../ipc/records.ts';

/** What a worker sends to the main thread. */
export class HostLink {
  readonly #channel: Channel<FromWorker, ToWorker, GuestRequest>;

  constructor(channel: Channel<FromWorker, ToWorker, GuestRequest>) {
    this.#channel = channel;
  }

  post(message: FromWorker): void {
    this.#channel.post([message]);
  }

  output(output: Output): void {
    const end = writeOutput(this.#channel.outgoing, output);
    if (end !== undefined) {
      this.#channel.commit(end);
      return;
    }
    if (output.bytes === undefined) {
      this.post({ type: 'output', output });
      return;
    }
    const bytes = transferableCopy([output.bytes]);
    this.#channel.post([{ type: 'output', output: { ...output, bytes } }], [bytes.buffer]);
  }
}
