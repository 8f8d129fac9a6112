import type { Channel } from '../channel/channel.ts';
import { ownCopy } from '../own-copy.ts';
import type { FromGuest, GuestRequest, Output, ToGuest } from './protocol.ts';
import { writeOutput } from './records.ts';

/** What a guest thread sends to the front. */
export class FrontLink {
  readonly #channel: Channel<FromGuest, ToGuest, GuestRequest>;

  constructor(channel: Channel<FromGuest, ToGuest, GuestRequest>) {
    this.#channel = channel;
  }

  post(message: FromGuest): void {
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
    const bytes = ownCopy([output.bytes]);
    this.#channel.post([{ type: 'output', output: { ...output, bytes } }], [bytes.buffer]);
  }
}
