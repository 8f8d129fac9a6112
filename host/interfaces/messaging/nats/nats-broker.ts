import { randomUUID } from 'node:crypto';
import type { Msg, NatsConnection, Subscription as NatsSubscription } from '@nats-io/transport-node';
import { reasonOf } from '../../../shared/host-error.ts';
import { RepeatedNotice } from '../../../shared/repeated-notice.ts';
import type { Broker, PendingReply, Subscriber, Subscription } from '../broker.ts';
import { counted, type Message } from '../message.ts';
import { MessagingError } from '../messaging-error.ts';
import { inboxPrefix, shown } from '../subject.ts';
import { NatsLink } from './nats-link.ts';
import { natsLogin } from './nats-login.ts';

/** What a server says where nobody has subscribed to the subject of a request. */
const noRespondersStatus = 503;

interface Served {
  readonly subscriber: Subscriber;
  subscriptions: NatsSubscription[];
}

interface Published {
  readonly subject: string;
  readonly reject: (error: MessagingError) => void;
}

/** Core NATS: whoever has subscribed gets a message at most once. */
export class NatsBroker implements Broker {
  readonly #link: NatsLink;
  readonly #name: string;
  readonly #most: number;
  readonly #served = new Set<Served>();
  /** Replies come below this. */
  readonly #inbox = `${inboxPrefix}${randomUUID()}`;
  /** By the last token of their reply subjects. */
  readonly #pending = new Map<string, { readonly subject: string } & PromiseWithResolvers<Message>>();
  readonly #published = new Set<Published>();
  readonly #tooLarge: RepeatedNotice;
  #flushing: Promise<void> | undefined;
  #requests = 0;

  /**
   * @param url as `parseNatsUrl` takes it
   * @param most the largest body, in bytes, where the server takes more
   */
  constructor(url: string, most: number, tell: (text: string) => void) {
    const login = natsLogin(url);
    this.#name = login.name;
    this.#most = most;
    this.#tooLarge = new RepeatedNotice((count) =>
      tell(`${login.name}: ${counted(count)} dropped, as larger than ${most} bytes (dev.limits.messageSize)`),
    );
    this.#link = new NatsLink(login, {
      connected: (client) => this.#connected(client),
      denied: (operation, subject) => this.#denied(operation, subject, tell),
      lost: () =>
        this.#lost(new MessagingError('broker-unavailable', `${login.name}: the connection was closed`)),
      tell,
    });
  }

  get largestBody(): number {
    return Math.min(this.#most, this.#link.client?.info?.max_payload ?? this.#most);
  }

  async publish({ subject, body, replyTo }: Message): Promise<void> {
    const client = await this.#client();
    const { promise, reject } = Promise.withResolvers<never>();
    const published = { subject, reject };
    this.#published.add(published);
    try {
      this.#publish(client, subject, body, replyTo);
      await Promise.race([promise, this.#flushed(client)]);
    } finally {
      this.#published.delete(published);
    }
  }

  request({ subject, body }: Message): PendingReply {
    this.#requests += 1;
    const token = String(this.#requests);
    const pending = { subject, ...Promise.withResolvers<Message>() };
    this.#pending.set(token, pending);
    const begin = async (): Promise<void> => {
      const client = await this.#client();
      if (this.#pending.has(token)) this.#publish(client, subject, body, `${this.#inbox}.${token}`);
    };
    begin().catch((error: unknown) => {
      this.#pending.delete(token);
      pending.reject(error);
    });
    return { reply: pending.promise, cancel: () => void this.#pending.delete(token) };
  }

  subscribe(subscriber: Subscriber): Subscription {
    const served: Served = { subscriber, subscriptions: [] };
    this.#served.add(served);
    const { client } = this.#link;
    if (client !== undefined) this.#serve(client, served);
    const ready = async (): Promise<void> => {
      await this.#link.attempted;
      // The server knows of a subscription before it answers what was sent after it.
      await this.#link.client?.flush().catch(() => {});
    };
    return {
      ready: ready(),
      end: () => {
        this.#served.delete(served);
        for (const subscription of served.subscriptions) subscription.drain().catch(() => {});
        served.subscriptions = [];
      },
    };
  }

  async close(): Promise<void> {
    this.#served.clear();
    this.#lost(new MessagingError('broker-unavailable', 'the host is stopping'));
    await this.#link.close();
  }

  #connected(client: NatsConnection): void {
    client.subscribe(`${this.#inbox}.*`, { callback: (_, message) => this.#replied(message) });
    for (const served of this.#served) this.#serve(client, served);
  }

  #serve(client: NatsConnection, served: Served): void {
    const { patterns, group } = served.subscriber;
    served.subscriptions = patterns.map((pattern) =>
      client.subscribe(pattern, {
        ...(group === undefined ? {} : { queue: group }),
        callback: (error, message) => {
          if (error === null) this.#came(served.subscriber, message);
        },
      }),
    );
  }

  #came(subscriber: Subscriber, { subject, data, reply }: Msg): void {
    if (data.length > this.#most) this.#tooLarge.again();
    else subscriber.receive(messageOf(subject, data, reply));
  }

  #replied({ subject, data, reply, headers }: Msg): void {
    const token = subject.slice(this.#inbox.length + 1);
    const pending = this.#pending.get(token);
    if (pending === undefined) return;
    this.#pending.delete(token);
    if (data.length === 0 && headers?.code === noRespondersStatus)
      pending.reject(
        new MessagingError('other', `no responders: nobody has subscribed to ${shown(pending.subject)}`),
      );
    else pending.resolve(messageOf(subject, data, reply));
  }

  /** The connection; after the first attempt to make it, where there was none yet. Throws a `MessagingError`. */
  async #client(): Promise<NatsConnection> {
    await this.#link.attempted;
    const { client } = this.#link;
    if (client === undefined) throw new MessagingError('broker-unavailable', `${this.#name} is away`);
    return client;
  }

  #publish(client: NatsConnection, subject: string, body: Uint8Array, reply: string | undefined): void {
    const most = this.largestBody;
    if (body.length > most)
      throw new MessagingError(
        'message-too-large',
        `the message has ${body.length} bytes, and ${this.#name} takes at most ${most}`,
      );
    try {
      client.publish(subject, body, reply === undefined ? {} : { reply });
    } catch (error) {
      throw new MessagingError('broker-unavailable', `${this.#name}: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** The server has answered what was sent until now; what is published at once is asked for together. */
  #flushed(client: NatsConnection): Promise<void> {
    this.#flushing ??= Promise.resolve().then(async () => {
      this.#flushing = undefined;
      try {
        await client.flush();
      } catch (error) {
        throw new MessagingError('broker-unavailable', `${this.#name}: ${reasonOf(error)}`, { cause: error });
      }
    });
    return this.#flushing;
  }

  #denied(operation: string, subject: string, tell: (text: string) => void): void {
    const text = `${this.#name} does not permit to ${operation} to ${shown(subject)}`;
    const error = new MessagingError('access-denied', text);
    if (operation !== 'publish') tell(text);
    for (const published of this.#published) if (published.subject === subject) published.reject(error);
    for (const [token, pending] of this.#pending) {
      if (pending.subject !== subject) continue;
      this.#pending.delete(token);
      pending.reject(error);
    }
  }

  #lost(error: MessagingError): void {
    for (const { reject } of this.#published) reject(error);
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }
}

/** The client's own bytes are a part of what it has received. */
function messageOf(subject: string, data: Uint8Array, reply: string | undefined): Message {
  return { subject, body: data.slice(), replyTo: reply === undefined || reply === '' ? undefined : reply };
}
