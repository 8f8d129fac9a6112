import { randomUUID } from 'node:crypto';
import type { Broker, PendingReply, Subscriber, Subscription } from './broker.ts';
import type { Message } from './message.ts';
import { MessagingError } from './messaging-error.ts';
import { inboxPrefix, matches, shown } from './subject.ts';

interface Known {
  readonly subscriber: Subscriber;
  readonly patterns: readonly (readonly string[])[];
}

/** The broker of a host without a server: it reaches all components of the host, and nobody else. */
export class MemoryBroker implements Broker {
  readonly largestBody: number;
  readonly #known = new Set<Known>();
  /** By their reply subjects. */
  readonly #pending = new Map<string, PromiseWithResolvers<Message>>();
  /** Whose turn it is in a group. */
  readonly #turns = new Map<string, number>();

  /** @param largestBody in bytes */
  constructor(largestBody: number) {
    this.largestBody = largestBody;
  }

  async publish(message: Message): Promise<void> {
    const pending = this.#pending.get(message.subject);
    if (pending !== undefined) {
      this.#pending.delete(message.subject);
      pending.resolve(message);
      return;
    }
    this.#send(message);
  }

  request(message: Message, begun?: (sent: Message) => void): PendingReply {
    const { replyTo, reply, cancel, fail } = this.expectReply();
    const sent = { ...message, replyTo };
    begun?.(sent);
    try {
      if (this.#send(sent) === 0) throw noResponders(message.subject);
    } catch (error) {
      fail(error);
    }
    return { reply, cancel };
  }

  /** Gets the first message that is published to a subject of its own. */
  expectReply(): PendingReply & { readonly replyTo: string; fail(error: unknown): void } {
    const replyTo = `${inboxPrefix}${randomUUID()}`;
    const pending = Promise.withResolvers<Message>();
    const cancel = (): void => {
      this.#pending.delete(replyTo);
    };
    this.#pending.set(replyTo, pending);
    const fail = (error: unknown): void => {
      cancel();
      pending.reject(error);
    };
    return { replyTo, reply: pending.promise, cancel, fail };
  }

  subscribe(subscriber: Subscriber): Subscription {
    const known: Known = {
      subscriber,
      patterns: subscriber.patterns.map((pattern) => pattern.split('.')),
    };
    this.#known.add(known);
    return { ready: Promise.resolve(), end: () => this.#known.delete(known) };
  }

  async close(): Promise<void> {
    this.#known.clear();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending)
      reject(new MessagingError('broker-unavailable', 'the host is stopping'));
  }

  /** Answers how many got it. Throws where one of them has no room for it; the others have it then. */
  #send(message: Message): number {
    const { subject } = message;
    const tokens = subject.split('.');
    const groups = new Map<string, Subscriber[]>();
    const receivers: Subscriber[] = [];
    for (const { subscriber, patterns } of this.#known) {
      if (!patterns.some((pattern) => matches(pattern, tokens))) continue;
      const { group } = subscriber;
      if (group === undefined) receivers.push(subscriber);
      else groups.set(group, [...(groups.get(group) ?? []), subscriber]);
    }
    for (const [group, members] of groups) receivers.push(this.#memberOf(group, members));
    const refused = receivers.filter((subscriber) => !subscriber.receive(message));
    if (refused.length > 0)
      throw new MessagingError(
        'quota-exceeded',
        `too many messages wait for whoever handles ${shown(subject)}`,
      );
    return receivers.length;
  }

  #memberOf(group: string, members: readonly Subscriber[]): Subscriber {
    const [first] = members as [Subscriber, ...Subscriber[]];
    if (members.length === 1) return first;
    const turn = this.#turns.get(group) ?? 0;
    this.#turns.set(group, turn + 1);
    return members[turn % members.length] ?? first;
  }
}

/** Nobody handles it, which a NATS server says at once, too. */
export function noResponders(subject: string): MessagingError {
  return new MessagingError('other', `no responders: nobody has subscribed to ${shown(subject)}`);
}
