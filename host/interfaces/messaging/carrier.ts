import { isDeepStrictEqual } from 'node:util';
import { RepeatedNotice } from '../../shared/repeated-notice.ts';
import type { Broker, Subscription } from './broker.ts';
import type { BrokerSettings } from './broker-settings.ts';
import type { HandlerRules } from './handler-rules.ts';
import { type DropReason, Inbox, type QueueBounds } from './inbox.ts';
import { MemoryBroker } from './memory-broker.ts';
import { counted, type Message } from './message.ts';
import { MessagingError } from './messaging-error.ts';
import { requireSubject } from './subject.ts';

/** What messages are carried by, and within which bounds. */
export interface CarrierSettings {
  readonly broker: BrokerSettings;
  /** The largest body, in bytes. */
  readonly largestBody: number;
  /** For each component that handles messages. */
  readonly queue: QueueBounds;
}

/** A component that handles messages. */
export interface MessageHandler {
  readonly component: string;
  readonly rules: HandlerRules;
}

/** Has messages handled, and is told of them. */
export interface CarrierOwner {
  /** @param ended to be called when it was handled, however that came */
  deliver(component: string, message: Message, waited: number, ended: () => void): void;
  /** A message has come for a component: it is delivered or dropped, now or later. */
  came?(component: string, message: Message): void;
  /** A message is for nobody. */
  dropped?(component: string, message: Message, why: string): void;
  /** A component publishes a message. */
  sent?(message: Message, isRequest: boolean): void;
  /** Says something to the user. */
  tell(text: string): void;
}

interface Served {
  readonly handler: MessageHandler;
  readonly inbox: Inbox;
  readonly subscription: Subscription | undefined;
}

/** Takes messages from components to the broker, and from the broker to components. */
export class Carrier {
  readonly #settings: CarrierSettings;
  readonly #owner: CarrierOwner;
  readonly broker: Broker;
  #served: readonly Served[] = [];
  /** Told when a message was handled. */
  #ended: (() => void) | undefined;

  static async start(settings: CarrierSettings, owner: CarrierOwner): Promise<Carrier> {
    const { broker, largestBody } = settings;
    if (broker.kind === 'in_memory') return new Carrier(settings, owner, new MemoryBroker(largestBody));
    const { NatsBroker } = await import('./nats/nats-broker.ts');
    const tell = (text: string): void => owner.tell(text);
    return new Carrier(settings, owner, new NatsBroker(broker.url, largestBody, tell));
  }

  constructor(settings: CarrierSettings, owner: CarrierOwner, broker: Broker) {
    this.#settings = settings;
    this.#owner = owner;
    this.broker = broker;
  }

  /** From now on these get messages. What waits for one that stays as it was, waits on. */
  async serve(handlers: readonly MessageHandler[]): Promise<void> {
    const before = this.#served;
    const kept = new Set<Served>();
    this.#served = handlers.map((handler) => {
      const same = before.find((one) => isDeepStrictEqual(one.handler, handler));
      if (same === undefined) return this.#serveOne(handler);
      kept.add(same);
      return same;
    });
    for (const one of before) {
      if (kept.has(one)) continue;
      one.subscription?.end();
      one.inbox.stop();
    }
    await Promise.all(this.#served.map(({ subscription }) => subscription?.ready));
  }

  /** Throws a `MessagingError` for what can't be a message. */
  publish(message: Message): Promise<void> {
    this.#require(message);
    this.#owner.sent?.(message, false);
    return this.broker.publish(message);
  }

  /** See `Broker.request`. Throws a `MessagingError` for what can't be a message. */
  request(message: Message): ReturnType<Broker['request']> {
    this.#require(message);
    return this.broker.request(message, (sent) => this.#owner.sent?.(sent, true));
  }

  /** Nothing more comes from others; what components of the host send one another still does. */
  retire(): void {
    if (this.#settings.broker.kind === 'in_memory') return;
    for (const { subscription } of this.#served) subscription?.end();
  }

  /** Delivers nothing more. Resolves when what is being handled was. */
  async finish(): Promise<void> {
    const waiting = this.#served.reduce((sum, { inbox }) => sum + inbox.size, 0);
    if (waiting > 0) this.#owner.tell(`the host stops: ${counted(waiting)} that waited dropped`);
    for (const { subscription, inbox } of this.#served) {
      subscription?.end();
      inbox.stop();
    }
    while (this.#served.some(({ inbox }) => inbox.inFlight > 0)) {
      await new Promise<void>((resolve) => {
        this.#ended = resolve;
      });
    }
  }

  /** Messages that wait are dropped. */
  dropWaiting(): void {
    for (const { inbox } of this.#served) inbox.clear();
  }

  async close(): Promise<void> {
    for (const { subscription, inbox } of this.#served) {
      subscription?.end();
      inbox.stop();
    }
    await this.broker.close();
  }

  #require({ subject, body, replyTo }: Message): void {
    requireSubject(subject);
    if (replyTo !== undefined) requireSubject(replyTo);
    const { largestBody } = this.broker;
    if (body.length > largestBody) {
      throw new MessagingError(
        'message-too-large',
        `the message has ${body.length} bytes, and the broker takes at most ${largestBody}`,
      );
    }
  }

  #serveOne(handler: MessageHandler): Served {
    const { component, rules } = handler;
    const owner = this.#owner;
    const late = new RepeatedNotice((count) =>
      owner.tell(`${component}: ${counted(count)} dropped after waiting for ${rules.longestWait / 1000} s`),
    );
    const full = new RepeatedNotice((count) =>
      owner.tell(`${component}: ${counted(count)} refused, as ${inbox.size} wait already`),
    );
    const inbox = new Inbox(rules, this.#settings.queue, {
      deliver: (message, waited) =>
        owner.deliver(component, message, waited, () => {
          inbox.ended();
          this.#ended?.();
        }),
      dropped: (message, reason) => {
        if (reason === 'late') late.again();
        owner.dropped?.(component, message, dropTexts[reason]);
      },
    });
    const subscription = this.#subscribe(handler, (message) => {
      owner.came?.(component, message);
      const isTaken = inbox.add(message);
      if (!isTaken) {
        full.again();
        owner.dropped?.(component, message, 'too many messages wait for the component');
      }
      return isTaken;
    });
    return { handler, inbox, subscription };
  }

  #subscribe(
    { component, rules }: MessageHandler,
    receive: (message: Message) => boolean,
  ): Subscription | undefined {
    const { subscriptions, group } = rules;
    // As wash does it: without a word of it a component gets everything in memory, and nothing of a server that others use too.
    const patterns =
      subscriptions.length > 0 ? subscriptions : this.#settings.broker.kind === 'in_memory' ? ['>'] : [];
    if (patterns.length > 0) return this.broker.subscribe({ patterns, group, receive });
    this.#owner.tell(
      `${component} handles messages and gets none: name its subjects as subscriptions in its config, such as subscriptions: orders.>`,
    );
    return undefined;
  }
}

const dropTexts: Readonly<Record<DropReason, string>> = {
  late: 'the message has waited for too long',
  stopped: 'the component handles no messages any more',
};
