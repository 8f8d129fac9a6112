import type { Message } from '../../interfaces/messaging/message.ts';
import { noTrace } from '../../runtime/trace/packed-trace.ts';
import { BoundedCall, type CallEnd } from '../../runtime/worker-pool/bounded-call.ts';
import type { DeliveryReport } from './delivery-report.ts';
import type { DeliveredMessage, DeliveryOutput } from './messages.ts';
import { messagingTrigger } from './trigger.ts';

/** A message for one component. The queue of its component bounds how many there are. */
export class Delivery extends BoundedCall<DeliveredMessage, DeliveryOutput> {
  readonly trigger = messagingTrigger;
  protected readonly call: DeliveredMessage;
  protected readonly subject = 'the message';
  readonly #waited: number;
  readonly #ended: (report: DeliveryReport) => void;

  /**
   * @param number counts the calls of a host from 1
   * @param waited until it was to be given to its component, in milliseconds
   * @param ended called once
   */
  constructor(
    number: number,
    component: string,
    message: Message,
    waited: number,
    ended: (report: DeliveryReport) => void,
  ) {
    super(number);
    this.call = { component, message };
    this.#waited = waited;
    this.#ended = ended;
  }

  protected ended({ outcome, output, failure }: CallEnd<DeliveryOutput>): void {
    const { component, message } = this.call;
    const { subject, replyTo, body } = message;
    this.#ended({
      request: this.number,
      component,
      subject,
      replyTo,
      size: body.length,
      waited: this.#waited,
      milliseconds: this.age,
      operations: outcome?.operations ?? noTrace,
      trap: outcome?.trap,
      disposition: output?.disposition,
      failure,
    });
  }
}
