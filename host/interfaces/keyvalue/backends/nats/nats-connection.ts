import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import {
  type NatsConnection as Client,
  ConnectionError,
  connect,
  credsAuthenticator,
  type NodeConnectionOptions,
  PermissionViolationError,
  TimeoutError,
} from '@nats-io/transport-node';
import { isError } from '../../../../shared/is-error.ts';
import { StoreError } from '../backend.ts';
import type { BackendContext } from '../definition.ts';
import { retryDelay, ServerLink } from '../server-link.ts';
import { tlsSettings } from '../tls-options.ts';
import { natsAdvice } from './nats-advice.ts';
import { type NatsOptions, serversOf } from './nats-options.ts';

/** A connection that stands. */
export interface Session {
  readonly client: Client;
  readonly manager: JetStreamManager;
  /** What is left for a request now, in milliseconds. */
  readonly timeout: number;
  /** The server has told a part of much: how long it may take counts from now on. */
  goesOn(): void;
}

/** The wait before the second attempt to connect, in milliseconds. */
const shortestDelay = 250;

/** The connection that all buckets of one backend share; it is made again for ever. */
export class NatsConnection {
  readonly link: ServerLink;
  readonly #options: NatsOptions;
  readonly #servers: readonly URL[];
  #session: Pick<Session, 'client' | 'manager'> | undefined;
  /** Told when the connection is lost. */
  readonly #inFlight = new Set<(error: Error) => void>();
  readonly #closing = new AbortController();

  constructor(options: NatsOptions, context: BackendContext) {
    this.#options = options;
    this.#servers = serversOf(options.url);
    const name = `nats at ${this.#servers.map(({ host }) => host).join(', ')}`;
    this.link = new ServerLink({ name, secrets: secretsOf(this.#servers), advice: natsAdvice }, context);
    this.#keepConnected().catch((error: Error) => this.#fail(error.message));
  }

  /** The largest message that the server takes, in bytes; undefined until it has told. */
  get largestMessage(): number | undefined {
    return this.#session?.client.info?.max_payload;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.link.close();
    await this.#session?.client.close();
  }

  /**
   * Does something over the connection once it stands. Throws what the client throws; `failed` words it.
   * @param deadline milliseconds of `performance.now()`
   */
  async during<T>(deadline: number, act: (session: Session) => Promise<T>): Promise<T> {
    await this.link.available(deadline);
    if (this.#session === undefined) throw new ConnectionError('there is no connection');
    const connected = this.#session;
    let end = deadline;
    const left = () => Math.max(1, Math.round(end - performance.now()));
    return await new Promise<T>((resolve, reject) => {
      this.#inFlight.add(reject);
      const late = setTimeout(() => reject(new TimeoutError()), left());
      const { link } = this;
      const session = {
        ...connected,
        get timeout() {
          return left();
        },
        goesOn() {
          end = link.deadline();
          late.refresh();
        },
      };
      act(session)
        .then((result) => {
          this.link.answered();
          resolve(result);
        }, reject)
        .finally(() => {
          clearTimeout(late);
          this.#inFlight.delete(reject);
        });
    });
  }

  /** What a client's error means for the guest. */
  failed(error: unknown): StoreError {
    if (error instanceof StoreError) return error;
    const options = { cause: error };
    if (error instanceof PermissionViolationError)
      return new StoreError('access-denied', `${this.link.name} denies the permission`, options);
    if (error instanceof TimeoutError) return this.link.late(options);
    if (error instanceof ConnectionError) return this.link.interrupted(options);
    const reason = this.link.explained(isError(error) ? error.message : String(error));
    return this.link.refused(reason, 'other', options);
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#closing;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        const client = await connect(await this.#clientOptions());
        const { timeout } = this.link;
        this.#session = { client, manager: await jetstreamManager(client, { checkAPI: false, timeout }) };
        if (signal.aborted) await client.close();
        else await this.#watch(client);
      } catch (error) {
        this.#fail(isError(error) ? error.message : String(error));
      }
      const delay = retryDelay(attempt, shortestDelay);
      await sleep(delay, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  async #clientOptions(): Promise<NodeConnectionOptions> {
    const { credentials, tls } = this.#options;
    const isSecured = tls !== undefined || this.#servers.some(({ protocol }) => protocol === 'tls:');
    const login = this.#servers.find(({ username }) => username !== '');
    const [user, pass] = [
      decodeURIComponent(login?.username ?? ''),
      decodeURIComponent(login?.password ?? ''),
    ];
    return {
      servers: this.#servers.map(({ host }) => host),
      ...(isSecured ? { tls: tlsSettings(tls) } : {}),
      ...(login === undefined ? {} : login.password === '' ? { token: user } : { user, pass }),
      ...(credentials === undefined
        ? {}
        : { authenticator: credsAuthenticator(await readFile(credentials)) }),
      timeout: Math.min(2000, this.link.timeout),
      maxReconnectAttempts: -1,
      reconnectTimeWait: shortestDelay,
      reconnectJitter: shortestDelay,
      reconnectJitterTLS: shortestDelay,
      ignoreAuthErrorAbort: true,
      pingInterval: this.link.timeout,
      noAsyncTraces: true,
    };
  }

  /** Follows a connection until the client gives it up, which it does only when it is closed. */
  async #watch(client: Client): Promise<void> {
    this.link.ready();
    let attempts = 0;
    let lastError: string | undefined;
    for await (const status of client.status()) {
      if (status.type === 'disconnect') {
        attempts = 0;
        lastError = undefined;
        this.#lost();
      } else if (status.type === 'reconnecting') {
        attempts += 1;
        // The first attempt comes at once; whoever calls meanwhile waits for its outcome.
        if (attempts > 1) this.#fail(lastError ?? 'the connection was closed and could not be made again');
      } else if (status.type === 'error' && !this.link.isReady) {
        lastError = status.error.message;
        this.#fail(lastError);
      } else if (status.type === 'reconnect') {
        this.link.ready();
      }
    }
    if (!this.#closing.signal.aborted) this.#lost();
  }

  #lost(): void {
    const error = new ConnectionError('the connection was closed');
    for (const reject of this.#inFlight) reject(error);
    this.#inFlight.clear();
    this.link.lost();
  }

  #fail(reason: string): void {
    this.link.failed(this.link.explained(reason));
  }
}

/** What must not be shown: passwords and tokens, as the URL has them and as they are. */
function secretsOf(servers: readonly URL[]): string[] {
  return servers
    .flatMap(({ username, password }) => {
      const secret = password || username;
      return [secret, decodeURIComponent(secret)];
    })
    .filter((secret) => secret !== '');
}
