import type { Guest } from '../../runtime/worker/guest.ts';
import type { Holdings } from '../../runtime/worker/holdings.ts';
import { Pollable } from '../io/poll.ts';
import { Fields } from './fields.ts';
import type { Reach } from './http-config.ts';
import { type BodySource, IncomingBody } from './incoming.ts';
import type { OutgoingCall, ResponseHead } from './outgoing-call.ts';
import type { OutgoingRequest } from './outgoing-request.ts';
import type { OutgoingRequests } from './outgoing-requests.ts';
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

/** `wasi:http/types` incoming-response. */
export class IncomingResponse {
  readonly #head: ResponseHead;
  readonly #holdings: Holdings;
  #body: BodySource | undefined;

  constructor(head: ResponseHead, holdings: Holdings) {
    this.#head = head;
    this.#holdings = holdings;
    this.#body = head.body;
  }

  status(): number {
    return this.#head.status;
  }

  headers(): Fields {
    return Fields.received(this.#head.headers, this.#holdings);
  }

  /** Once only: a second call is an error. */
  consume(): IncomingBody {
    const body = this.#body;
    if (body === undefined) throw { payload: undefined };
    this.#body = undefined;
    return new IncomingBody(body, this.#holdings);
  }

  [Symbol.dispose](): void {
    this.#body?.drop?.();
  }
}

type FutureResult =
  | {
      tag: 'ok';
      val: { tag: 'ok'; val: IncomingResponse } | { tag: 'err'; val: ErrorCode };
    }
  | { tag: 'err'; val: undefined };

/** `wasi:http/types` future-incoming-response. */
export class FutureIncomingResponse {
  readonly #call: OutgoingCall;
  readonly #holdings: Holdings;
  #isTaken = false;

  constructor(call: OutgoingCall, holdings: Holdings) {
    this.#call = call;
    this.#holdings = holdings;
  }

  subscribe(): Pollable {
    const call = this.#call;
    return new Pollable(
      () => call.result !== undefined,
      () => call.whenReady(),
    );
  }

  /** `undefined` before the response begins; then that or the error once, and an error ever after. */
  get(): FutureResult | undefined {
    if (this.#isTaken) return { tag: 'err', val: undefined };
    const { result } = this.#call;
    if (result === undefined) return undefined;
    this.#isTaken = true;
    if (result.tag === 'err') return { tag: 'ok', val: result };
    return { tag: 'ok', val: { tag: 'ok', val: new IncomingResponse(result.val, this.#holdings) } };
  }

  [Symbol.dispose](): void {
    if (!this.#isTaken) this.#call.drop();
  }
}

/** `wasi:http/outgoing-handler` for one guest. */
export function outgoingHandler(
  requests: OutgoingRequests,
  guest: Guest,
  reach: Reach,
): Record<string, unknown> {
  return {
    handle(request: OutgoingRequest, options: RequestOptions | undefined): FutureIncomingResponse {
      const timeouts = {
        connect: options?.connectTimeout(),
        firstByte: options?.firstByteTimeout(),
        betweenBytes: options?.betweenBytesTimeout(),
      };
      return new FutureIncomingResponse(requests.send(guest, reach, request.take(timeouts)), guest.holdings);
    },
  };
}
