import type { MessageDelivery } from '../../composition/message-delivery.ts';
import { droppedReport, type MessageWatch } from '../../composition/messages.ts';
import type { Message } from '../../interfaces/messaging/message.ts';
import { inboxPrefix } from '../../interfaces/messaging/subject.ts';
import { Signal } from '../../shared/signal.ts';
import type { DeliveryReport } from '../../triggers/messaging/delivery-report.ts';
import type { HostMessage } from './message-record.ts';

/** How many messages are kept: the last ones. */
const mostMessages = 10_000;

/** A message, and what has become of it up to now. */
export class NotedMessage implements HostMessage {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly replyTo: string | undefined;
  readonly kind: HostMessage['kind'];
  readonly from: HostMessage['from'];
  readonly deliveries: MessageDelivery[] = [];
  /** Components that have it and have not ended. */
  pending = 0;

  constructor({ subject, body, replyTo }: Message, isRequest: boolean, from: HostMessage['from']) {
    this.subject = subject;
    this.body = body;
    this.replyTo = replyTo;
    this.from = from;
    this.kind = isRequest ? 'request' : subject.startsWith(inboxPrefix) ? 'reply' : 'publish';
  }

  get text(): string {
    return Buffer.from(this.body).toString();
  }
}

/** The messages of a test's host. */
export class MessagesLog implements MessageWatch {
  readonly #deliveryOf: (report: DeliveryReport) => MessageDelivery;
  #all: NotedMessage[] = [];
  /** By the messages as the broker has them. */
  #notes = new WeakMap<Message, NotedMessage>();
  readonly #changed = new Signal();
  #pending = 0;

  constructor(deliveryOf: (report: DeliveryReport) => MessageDelivery) {
    this.#deliveryOf = deliveryOf;
  }

  get all(): readonly HostMessage[] {
    return this.#all;
  }

  /** Whether all that has been published was handled, or was not. */
  get isIdle(): boolean {
    return this.#pending === 0;
  }

  /** A test publishes a message. */
  published(message: Message): NotedMessage {
    return this.#note(message, false, 'test');
  }

  sent(message: Message, isRequest: boolean): void {
    if (!this.#notes.has(message)) this.#note(message, isRequest, 'component');
  }

  came(_component: string, message: Message): void {
    const noted = this.#notes.get(message);
    if (noted === undefined) return;
    noted.pending += 1;
    this.#pending += 1;
  }

  dropped(component: string, message: Message, why: string): void {
    this.#ended(message, this.#deliveryOf(droppedReport(component, message, why)));
  }

  delivered(message: Message, report: DeliveryReport): void {
    this.#ended(message, this.#deliveryOf(report));
  }

  /** Resolves when a message was handled by all that have it. */
  async handled(noted: NotedMessage): Promise<void> {
    while (noted.pending > 0) await this.#changed.wait();
  }

  /** Resolves when all messages were handled. */
  async allHandled(): Promise<void> {
    while (!this.isIdle) await this.#changed.wait();
  }

  clear(): void {
    this.#all = [];
    this.#notes = new WeakMap();
    this.#pending = 0;
    this.#changed.notify();
  }

  #note(message: Message, isRequest: boolean, from: HostMessage['from']): NotedMessage {
    const noted = new NotedMessage(message, isRequest, from);
    this.#notes.set(message, noted);
    this.#all.push(noted);
    if (this.#all.length > mostMessages) this.#all.shift();
    return noted;
  }

  #ended(message: Message, delivery: MessageDelivery): void {
    const noted = this.#notes.get(message);
    if (noted === undefined) return;
    noted.deliveries.push(delivery);
    noted.pending -= 1;
    this.#pending -= 1;
    this.#changed.notify();
  }
}
