import { IncomingRequest, type RequestHead } from '../../../interfaces/http/incoming.ts';
import { ResponseOutparam } from '../../../interfaces/http/outgoing.ts';
import { ReceivedBody } from '../../../interfaces/http/received-body.ts';
import type { Lent } from '../../../runtime/ipc/blocks.ts';
import type { Outcome } from '../../../runtime/outcome.ts';
import type { Propagated } from '../../../runtime/trace/span-context.ts';
import type { Guest } from '../../../runtime/worker/guest.ts';
import type { CallLink, GuestCall } from '../../../runtime/worker/worker-trigger.ts';
import { notes, type ReceivedRequest, type ToGuest } from '../messages.ts';
import { propagatedIn } from '../propagated.ts';
import { sentAnswers } from '../records.ts';
import { Response } from './response.ts';

/** What requests have in common, whatever the handler is that they call. */
export abstract class RequestCall {
  readonly id: number;
  readonly entry: number;
  protected readonly head: RequestHead;
  protected readonly body: ReceivedBody;
  protected readonly response: Response;

  /** @param entry see `GuestCall.entry` */
  constructor(id: number, { head, body }: ReceivedRequest, link: CallLink, entry = 0) {
    this.id = id;
    this.entry = entry;
    this.head = head;
    this.body =
      body === 'stream'
        ? new ReceivedBody(
            'stream',
            (bytes) => link.note(id, notes.credit, bytes),
            () => link.note(id, notes.read, 0),
          )
        : new ReceivedBody(body, nothing, nothing);
    this.response = new Response(id, head.method, link.blocks, (output) => link.output(sentAnswers, output));
  }

  propagated(): Propagated {
    return propagatedIn(this.head.headers);
  }

  receive(message: ToGuest): void {
    switch (message.type) {
      case 'body':
        this.body.push(message.bytes);
        return;
      case 'bodyEnd':
        this.body.end(message.trailers);
        return;
    }
  }

  note(kind: number, amount: number): void {
    if (kind === notes.acknowledge) this.response.acknowledge(amount);
  }

  bytes(lent: Lent): void {
    this.body.push(lent.bytes, lent);
  }

  abort(reason: Error): void {
    this.body.fail(reason.message);
    this.body.abort(reason);
    this.response.clientGone(reason.message);
    this.response.abort(reason);
  }

  conclude(outcome: Outcome): void {
    this.response.conclude(outcome);
    this.body.discard();
  }
}

/** A request in a worker: a call of `wasi:http/incoming-handler.handle`. */
export class HttpCall extends RequestCall implements GuestCall {
  readonly #outparam = new ResponseOutparam(this.response);

  args({ holdings }: Guest): [IncomingRequest, ResponseOutparam] {
    return [new IncomingRequest(this.head, this.body, holdings), this.#outparam];
  }

  exited(status: number): boolean {
    if (status === 0) this.#outparam.exited();
    return status === 0;
  }
}

function nothing(): void {}
