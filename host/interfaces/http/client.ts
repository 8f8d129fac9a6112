import { type Pollable, readyPollable } from '../io/poll.ts';
import type { Fields } from './fields.ts';
import type { IncomingBody } from './incoming.ts';
import type { OutgoingRequest } from './outgoing-request.ts';
import type { ErrorCode } from './response-sink.ts';

/** `wasi:http/types` request-options; durations in nanoseconds. */
export class RequestOptions {
  #connect: bigint | undefined;
  #firstByte: bigint | undefined;
  #betweenBytes: bigint | undefined;

  connectTimeout(): bigint | undefined {
    return this.#connect;
  }

  setConnectTimeout(duration: bigint | undefined): void {
    this.#connect = duration;
  }

  firstByteTimeout(): bigint | undefined {
    return this.#firstByte;
  }

  setFirstByteTimeout(duration: bigint | undefined): void {
    this.#firstByte = duration;
  }

  betweenBytesTimeout(): bigint | undefined {
    return this.#betweenBytes;
  }

  setBetweenBytesTimeout(duration: bigint | undefined): void {
    this.#betweenBytes = duration;
  }
}

/** `wasi:http/types` incoming-response; there is none while outgoing requests are denied. */
export class IncomingResponse {
  status(): number {
    throw { tag: 'HTTP-request-denied' } satisfies ErrorCode;
  }

  headers(): Fields {
    throw { tag: 'HTTP-request-denied' } satisfies ErrorCode;
  }

  consume(): IncomingBody {
    throw { payload: undefined };
  }
}

/** `wasi:http/types` future-incoming-response. */
export class FutureIncomingResponse {
  subscribe(): Pollable {
    return readyPollable();
  }

  get(): { tag: 'ok'; val: { tag: 'ok'; val: { tag: 'err'; val: ErrorCode } } } {
    return { tag: 'ok', val: { tag: 'ok', val: { tag: 'err', val: { tag: 'HTTP-request-denied' } } } };
  }
}

/** `wasi:http/outgoing-handler`: present, so that components that import it start; every request is denied. */
export const outgoingHandler = {
  handle(request: OutgoingRequest): never {
    request[Symbol.dispose]();
    throw { tag: 'HTTP-request-denied' } satisfies ErrorCode;
  },
};
