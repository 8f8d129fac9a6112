import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type NatsConnection, PermissionViolationError } from '@nats-io/transport-node';
import { reasonOf } from '../../../shared/host-error.ts';
import type { NatsLogin } from './nats-login.ts';

/** The waits between attempts to connect, in milliseconds. */
const shortestDelay = 250;
const longestDelay = 1000;
/** How long an attempt may take, and how long a server may be silent, in milliseconds. */
const attemptTimeout = 2000;
const pingInterval = 10_000;

/** What happens to a connection. */
export interface NatsLinkEvents {
  /** It stands for the first time. */
  connected(client: NatsConnection): void;
  /** The server refuses to publish to a subject, or to subscribe to it. */
  denied(operation: string, subject: string): void;
  /** Requests that are under way get no answer. */
  lost(): void;
  /** Says something to the user. */
  tell(text: string): void;
}

/** A connection to NATS that is made again for ever; the user hears once that it is away, and once that it is back. */
export class NatsLink {
  readonly #login: NatsLogin;
  readonly #events: NatsLinkEvents;
  readonly #closing = new AbortController();
  readonly #attempted = Promise.withResolvers<void>();
  #client: NatsConnection | undefined;
  #isUp = false;
  #isTold = false;

  constructor(login: NatsLogin, events: NatsLinkEvents) {
    this.#login = login;
    this.#events = events;
    void this.#keepConnected();
  }

  /** Undefined while the server is away. */
  get client(): NatsConnection | undefined {
    return this.#isUp ? this.#client : undefined;
  }

  /** Resolves once it stands, or the first attempt has failed. */
  get attempted(): Promise<void> {
    return this.#attempted.promise;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#isUp = false;
    await this.#client?.close();
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#closing;
    for (let delay = shortestDelay; !signal.aborted; delay = Math.min(delay * 2, longestDelay)) {
      try {
        const client = await connect({
          ...this.#login.options,
          timeout: attemptTimeout,
          maxReconnectAttempts: -1,
          reconnectTimeWait: shortestDelay,
          reconnectJitter: shortestDelay,
          reconnectJitterTLS: shortestDelay,
          ignoreAuthErrorAbort: true,
          pingInterval,
          noAsyncTraces: true,
        });
        this.#client = client;
        if (signal.aborted) await client.close();
        else await this.#follow(client);
      } catch (error) {
        this.#away(reasonOf(error));
      }
      this.#attempted.resolve();
      await sleep(delay, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** Until the client gives it up, which it does only when it is closed. */
  async #follow(client: NatsConnection): Promise<void> {
    this.#up();
    this.#events.connected(client);
    this.#attempted.resolve();
    for await (const status of client.status()) {
      if (status.type === 'disconnect') {
        this.#away('the connection was closed');
        this.#events.lost();
      } else if (status.type === 'reconnect') this.#up();
      else if (status.type === 'error' && status.error instanceof PermissionViolationError)
        this.#events.denied(status.error.operation, status.error.subject);
    }
  }

  #up(): void {
    this.#isUp = true;
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#events.tell(`${this.#login.name} is back; messages are carried again`);
  }

  #away(reason: string): void {
    this.#isUp = false;
    if (this.#isTold || this.#closing.signal.aborted) return;
    this.#isTold = true;
    this.#events.tell(`${this.#login.name} is away, and messages with it: ${reason}`);
  }
}
