import type { Channel } from '../channel/channel.ts';
import type { FromGuest, Output, ToGuest } from './protocol.ts';
import { writeOutput } from './records.ts';
import { packOutput, type RequestParts } from './wire.ts';

/** What a guest thread sends to the front. */
export class FrontLink {
  readonly #channel: Channel<FromGuest, ToGuest, RequestParts>;

  constructor(channel: Channel<FromGuest, ToGuest, RequestParts>) {
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
    const transfer: ArrayBuffer[] = [];
    this.#channel.post([packOutput(output, transfer)], transfer);
  }
}
