import type { Message } from '../../interfaces/messaging/message.ts';
import type { Outcome, Output } from '../../runtime/outcome.ts';
import { noTrace } from '../../runtime/trace/packed-trace.ts';
import type { Invocation } from '../../runtime/worker-pool/invocation.ts';
import type { WorkerLink } from '../../runtime/worker-pool/worker-link.ts';
import type { DeliveryReport } from './delivery-report.ts';
import type { DeliveredMessage, DeliveryOutput, Disposition } from './messages.ts';
import { messagingTrigger } from './trigger.ts';

/** How long a guest that is given up may take to tell what it did, in milliseconds. */
const lastWords = 100;

/** A message for one component. */
export class Delivery implements Invocation, DeliveredMessage {
  readonly trigger = messagingTrigger;
  readonly number: number;
  readonly component: string;
  readonly message: Message;
  /** The queue of its component bounds how many there are. */
  readonly isBounded = true;
  readonly #waited: number;
  readonly #ended: (report: DeliveryReport) => void;
  readonly #started = performance.now();
  #lastProgress = this.#started;
  #link: WorkerLink | undefined;
  #id = 0;
  #failure: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

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
    this.number = number;
    this.component = component;
    this.message = message;
    this.#waited = waited;
    this.#ended = ended;
  }

  get age(): number {
    return performance.now() - this.#started;
  }

  get idle(): number {
    return performance.now() - this.#lastProgress;
  }

  get isOver(): boolean {
    return this.#isOver || this.#failure !== undefined;
  }

  /** Nothing of it is passed on in parts. */
  get canMove(): boolean {
    return !this.isOver;
  }

  begin(link: WorkerLink, id: number): void {
    this.#link = link;
    this.#id = id;
    link.begin(id, messagingTrigger, this);
  }

  output(output: Output): void {
    const { disposition, outcome } = output as DeliveryOutput;
    this.progress();
    if (outcome !== undefined) this.#end(outcome, disposition);
  }

  receive(): void {}

  progress(): void {
    this.#lastProgress = performance.now();
  }

  late(patience: number): void {
    this.#giveUp(`the component did not handle the message within ${patience / 1000} s`);
  }

  refuse(reason: string): void {
    this.#failed(reason);
  }

  giveUp(reason: string): void {
    this.#failed(reason);
  }

  orphan(): void {
    this.#failed('no worker has handled it');
  }

  /** Ends the guest, and waits a moment for what it did until then. */
  #giveUp(reason: string): void {
    if (this.isOver) return;
    this.#failure = reason;
    this.#link?.abort(this.#id, reason);
    this.#timer = setTimeout(() => this.#end(undefined, undefined), lastWords);
  }

  #failed(reason: string): void {
    this.#failure ??= reason;
    this.#end(undefined, undefined);
  }

  #end(outcome: Outcome | undefined, disposition: Disposition | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    const { subject, replyTo, body } = this.message;
    this.#ended({
      request: this.number,
      component: this.component,
      subject,
      replyTo,
      size: body.length,
      waited: this.#waited,
      milliseconds: this.age,
      operations: outcome?.operations ?? noTrace,
      trap: outcome?.trap,
      disposition,
      failure: this.#failure,
    });
  }
}
