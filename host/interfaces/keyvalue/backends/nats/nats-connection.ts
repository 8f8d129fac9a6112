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
import type { Purpose } from '../key-purpose.ts';
import { absenceOf, advised, natsAdvice, newsOf, type Told } from '../server-advice.ts';
import { definedOnly, type NatsOptions, parseServer } from './nats-options.ts';

/** A connection that stands. */
export interface Session {
  readonly client: Client;
  readonly manager: JetStreamManager;
  /** What is left for a request now, in milliseconds. */
  readonly timeout: number;
}

/** The shortest and the longest time between two attempts to connect, in milliseconds. */
const [shortestDelay, longestDelay] = [250, 1000];

/** The connection that all buckets of one backend share; it is made again for ever. */
export class NatsConnection {
  readonly #options: NatsOptions;
  readonly #context: BackendContext;
  readonly #servers: URL[];
  #session: Omit<Session, 'timeout'> | undefined;
  #isReady = false;
  /** Why the last attempt failed; undefined while the outcome is open. */
  #failure: string | undefined;
  /** Told of the next outcome. */
  readonly #waiting = new Set<() => void>();
  /** Told when the connection is lost. */
  readonly #inFlight = new Set<(error: Error) => void>();
  readonly #closing = new AbortController();
  #told: Told | undefined;
  /** Whether requests are sent and nothing comes back. */
  #isSilent = false;

  constructor(options: NatsOptions, context: BackendContext) {
    this.#options = options;
    this.#context = context;
    const scheme = /^\w+:\/\//.exec(options.url)?.[0] ?? '';
    // Each may repeat the scheme.
    this.#servers = options.url
      .split(',')
      .map((url) => parseServer(url.includes('://') ? url : scheme + url));
    this.#keepConnected().catch((error: Error) => this.#fail(error.message));
  }

  /** The time by which an operation that begins now has to end, in milliseconds of `performance.now()`. */
  deadline(): number {
    return performance.now() + this.#context.operationTimeout;
  }

  now(): number {
    return this.#context.now();
  }

  /** Tells the user something. */
  tell(text: string): void {
    this.#context.tell(`nats at ${this.#label}: ${text}`);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#settle();
    await this.#session?.client.close();
  }

  /**
   * Does something over the connection once it stands. Throws what the client throws; `failed` words it.
   * @param deadline milliseconds of `performance.now()`
   */
  async during<T>(deadline: number, act: (session: Session) => Promise<T>): Promise<T> {
    const { client, manager } = await this.#available(deadline);
    const left = () => Math.max(1, Math.round(deadline - performance.now()));
    const session = {
      client,
      manager,
      get timeout() {
        return left();
      },
    };
    return await new Promise<T>((resolve, reject) => {
      this.#inFlight.add(reject);
      const late = setTimeout(() => reject(new TimeoutError()), left());
      act(session)
        .then((result) => {
          if (this.#isSilent) this.#tellBack();
          resolve(result);
        }, reject)
        .finally(() => {
          clearTimeout(late);
          this.#inFlight.delete(reject);
        });
    });
  }

  /** The error for a guest. */
  failed({ text, isWrite }: Purpose, error: unknown): StoreError {
    if (error instanceof StoreError) return error;
    const at = `${text}: nats at ${this.#label}`;
    if (error instanceof Away)
      return new StoreError(
        'other',
        `${text}: ${absenceOf(`nats at ${this.#label}`, error.message)}${isWrite ? '; nothing was changed' : ''}`,
      );
    if (error instanceof PermissionViolationError) {
      return new StoreError('access-denied', `${at} denies the permission`, { cause: error });
    }
    const outcome = isWrite ? '; whether it was done is not known' : '';
    if (error instanceof TimeoutError) {
      const limit = this.#context.operationTimeout;
      this.#isSilent = true;
      this.#tellAway(`it gave no answer within ${limit} ms`);
      return new StoreError('other', `${at} gave no answer within ${limit} ms${outcome}`, { cause: error });
    }
    if (error instanceof ConnectionError) {
      return new StoreError('other', `${at} lost the connection before it answered${outcome}`, {
        cause: error,
      });
    }
    const reason = this.#redacted(isError(error) ? error.message : String(error));
    return new StoreError('other', `${at} refused: ${advised(reason, natsAdvice)}`, { cause: error });
  }

  async #available(deadline: number): Promise<Omit<Session, 'timeout'>> {
    while (!this.#isReady || this.#session === undefined) {
      const reason = this.#closing.signal.aborted ? 'it was closed' : this.#failure;
      if (reason !== undefined) throw new Away(reason);
      const stop = new AbortController();
      const late = sleep(Math.max(0, deadline - performance.now()), 'late', { signal: stop.signal });
      const outcome = new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
      if ((await Promise.race([outcome, late])) === 'late') {
        const reason = `no connection after ${this.#context.operationTimeout} ms`;
        throw new Away(advised(reason, natsAdvice));
      }
      stop.abort();
      late.catch(() => {});
    }
    return this.#session;
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#closing;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        const client = await connect(await this.#clientOptions());
        const timeout = this.#context.operationTimeout;
        this.#session = { client, manager: await jetstreamManager(client, { checkAPI: false, timeout }) };
        if (signal.aborted) await client.close();
        else await this.#watch(client);
      } catch (error) {
        this.#fail(isError(error) ? error.message : String(error));
      }
      const delay = Math.min(shortestDelay * 2 ** Math.min(attempt, 10), longestDelay);
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
      ...(isSecured ? { tls: definedOnly(tls ?? {}) } : {}),
      ...(login === undefined ? {} : login.password === '' ? { token: user } : { user, pass }),
      ...(credentials === undefined
        ? {}
        : { authenticator: credsAuthenticator(await readFile(credentials)) }),
      timeout: Math.min(2000, this.#context.operationTimeout),
      maxReconnectAttempts: -1,
      reconnectTimeWait: shortestDelay,
      reconnectJitter: shortestDelay,
      reconnectJitterTLS: shortestDelay,
      ignoreAuthErrorAbort: true,
      pingInterval: this.#context.operationTimeout,
      noAsyncTraces: true,
    };
  }

  /** Follows a connection until the client gives it up, which it does only when it is closed. */
  async #watch(client: Client): Promise<void> {
    this.#ready();
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
      } else if (status.type === 'error' && !this.#isReady) {
        lastError = status.error.message;
        this.#fail(lastError);
      } else if (status.type === 'reconnect') {
        this.#ready();
      }
    }
    if (!this.#closing.signal.aborted) this.#lost();
  }

  #ready(): void {
    this.#isReady = true;
    this.#failure = undefined;
    this.#settle();
    this.#tellBack();
  }

  #tellBack(): void {
    this.#isSilent = false;
    if (this.#told !== undefined) this.#context.tell(`nats at ${this.#label} is back`);
    this.#told = undefined;
  }

  #lost(): void {
    this.#isReady = false;
    this.#failure = undefined;
    const error = new ConnectionError('the connection was closed');
    for (const reject of this.#inFlight) reject(error);
    this.#inFlight.clear();
    this.#tellAway(error.message);
  }

  #fail(reason: string): void {
    this.#failure = advised(this.#redacted(reason), natsAdvice);
    this.#settle();
    this.#tellAway(this.#failure);
  }

  #tellAway(reason: string): void {
    if (this.#closing.signal.aborted) return;
    const news = newsOf(`nats at ${this.#label}`, reason, this.#told);
    if (news === undefined) return;
    this.#told = news;
    this.#context.tell(news.text);
  }

  #settle(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  get #label(): string {
    return this.#servers.map(({ host }) => host).join(', ');
  }

  #redacted(text: string): string {
    const secrets = this.#servers.flatMap(({ username, password }) => [password || username]);
    return secrets
      .flatMap((secret) => [secret, decodeURIComponent(secret)])
      .reduce((redacted, secret) => (secret === '' ? redacted : redacted.replaceAll(secret, '***')), text);
  }
}

/** Nothing was sent. */
class Away extends Error {}
