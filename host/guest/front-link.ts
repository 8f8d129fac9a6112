import type { Channel } from '../channel/channel.ts';
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
    const buffer = output.bytes?.buffer;
    const isHandedOver = buffer instanceof ArrayBuffer && buffer.byteLength === output.bytes?.length;
    this.#channel.post([{ type: 'output', output }], isHandedOver ? [buffer] : []);
  }
}
