import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import { StoreError } from './backend.ts';
import type { BackendContext } from './definition.ts';
import type { RedisTarget } from './redis-client.ts';
import type { Script } from './redis-scripts.ts';

/** What a command is sent for; errors name it. */
export interface Purpose {
  /** Such as `set of key 'k' in bucket 'b'`. */
  readonly text: string;
  /** Whether a lost answer leaves open what the store holds now. */
  readonly isWrite: boolean;
}

/** Text is sent as UTF-8. */
export type Argument = string | Buffer;

type Client = Redis | Cluster;
/** How many commands are written together. */
const mostTogether = 16;
/** The commands that are sent. */
type CommandName = 'del' | 'eval' | 'evalsha' | 'exists' | 'get' | 'pexpiretime' | 'scan';

/** The connection that all buckets of one backend share. */
export class RedisConnection {
  readonly #target: RedisTarget;
  readonly #context: BackendContext;
  #isReady = false;
  /** How many commands wait to be written together. */
  #gathered = 0;
  /** Why the last attempt failed; undefined while the outcome is open. */
  #failure: string | undefined;
  #lastError = 'the connection was closed';
  /** Told of the next outcome. */
  readonly #waiting = new Set<() => void>();
  #hasTold = false;
  #isClosed = false;

  constructor(target: RedisTarget, context: BackendContext) {
    this.#target = target;
    this.#context = context;
    const { client } = target;
    client.on('ready', () => this.#onReady());
    client.on('error', (error: Error) => this.#onError(error));
    client.on('node error', (error: Error) => this.#onError(error));
    client.on('close', () => this.#onClose());
    // What comes of it arrives through the events.
    client.connect().catch(() => {});
  }

  /** The time by which an operation that begins now has to end, in milliseconds of `performance.now()`. */
  deadline(): number {
    return performance.now() + this.#context.operationTimeout;
  }

  now(): number {
    return this.#context.now();
  }

  close(): void {
    this.#isClosed = true;
    this.#target.client.disconnect();
    this.#settle();
  }

  /** The connections to all masters by host and port; one where there is no cluster. */
  async masters(purpose: Purpose): Promise<Map<string, Redis>> {
    await this.#available(purpose, this.deadline());
    const { client } = this.#target;
    if (!client.isCluster) return new Map([['', client as Redis]]);
    const nodes = 'nodes' in client ? client.nodes('master') : [];
    return new Map(nodes.map((node) => [`${node.options.host}:${node.options.port}`, node]));
  }

  /** Sends a command to whichever server has the key, or to the one given. */
  async command(
    purpose: Purpose,
    name: CommandName,
    args: readonly Argument[],
    node: Client = this.#target.client,
  ): Promise<unknown> {
    try {
      return await this.#send(purpose, name, args, node);
    } catch (error) {
      throw this.#failed(purpose, error);
    }
  }

  /** Runs a script on a key and its mark. */
  async run(
    purpose: Purpose,
    { source, sha }: Script,
    keys: readonly string[],
    args: readonly Argument[],
  ): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args];
    const { client } = this.#target;
    try {
      return await this.#send(purpose, 'evalsha', [sha, ...rest], client);
    } catch (error) {
      // A server that does not know the script, such as one that was restarted, has done nothing.
      if (!isRefusal(error) || !error.message.startsWith('NOSCRIPT')) throw this.#failed(purpose, error);
    }
    return await this.command(purpose, 'eval', [source, ...rest]);
  }

  async #send(
    purpose: Purpose,
    name: CommandName,
    args: readonly Argument[],
    node: Client,
  ): Promise<unknown> {
    if (this.#isReady) {
      if (!node.isCluster) this.#gather((node as Redis).stream);
      return await sendTo(node, name, args);
    }
    const deadline = this.deadline();
    await this.#available(purpose, deadline);
    return await this.#before(deadline, sendTo(node, name, args));
  }

  /**
   * Commands that are written in one turn of the event loop leave together, up to a number, so that the first answers
   * come while the last commands are made. The pipelines that ioredis makes by itself would hold commands back until
   * those before are answered: https://github.com/redis/ioredis#autopipelining
   */
  #gather(stream: Redis['stream']): void {
    if (stream.writableCorked === 0) {
      this.#gathered = 0;
      stream.cork();
      setImmediate(() => stream.uncork());
    } else if (this.#gathered === mostTogether) {
      this.#gathered = 0;
      stream.uncork();
      stream.cork();
    }
    this.#gathered += 1;
  }

  /** Resolves when commands can be sent; throws as soon as an attempt to connect has failed. */
  async #available(purpose: Purpose, deadline: number): Promise<void> {
    while (!this.#isReady) {
      const reason = this.#isClosed ? 'it was closed' : this.#failure;
      if (reason !== undefined) throw this.#away(purpose, reason);
      const outcome = new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
      try {
        await this.#before(deadline, outcome);
      } catch {
        throw this.#away(purpose, `no connection after ${this.#context.operationTimeout} ms`);
      }
    }
  }

  async #before<T>(deadline: number, result: Promise<T>): Promise<T> {
    const stop = new AbortController();
    const late = sleep(Math.max(0, deadline - performance.now()), undefined, { signal: stop.signal });
    try {
      return await Promise.race([
        result,
        late.then((): never => {
          throw new Error('Command timed out');
        }),
      ]);
    } finally {
      stop.abort();
      result.catch(() => {});
    }
  }

  #away({ text, isWrite }: Purpose, reason: string): StoreError {
    const outcome = isWrite ? '; nothing was changed' : '';
    return new StoreError('other', `${text}: redis at ${this.#target.label} is away: ${reason}${outcome}`);
  }

  /** Without the error as its cause: ioredis puts the arguments of a command there, passwords too. */
  #failed(purpose: Purpose, error: unknown): StoreError {
    if (error instanceof StoreError) return error;
    const { text, isWrite } = purpose;
    const { message } = error instanceof Error ? error : new Error(String(error));
    const at = `redis at ${this.#target.label}`;
    if (message.includes('enableOfflineQueue')) return this.#away(purpose, this.#lastError);
    if (isRefusal(error))
      return new StoreError(
        message.startsWith('NOPERM') ? 'access-denied' : 'other',
        `${text}: ${at} refused: ${this.#redacted(message)}`,
      );
    const reason = isLoss(message)
      ? 'lost the connection before it answered'
      : message === 'Command timed out'
        ? `gave no answer within ${this.#context.operationTimeout} ms`
        : `failed: ${this.#redacted(message)}`;
    const outcome = isWrite ? '; whether it was done is not known' : '';
    return new StoreError('other', `${text}: ${at} ${reason}${outcome}`);
  }

  #onReady(): void {
    this.#isReady = true;
    this.#failure = undefined;
    this.#settle();
    if (this.#hasTold) this.#context.tell(`redis at ${this.#target.label} is back`);
    this.#hasTold = false;
  }

  #onError(error: Error): void {
    const inner = 'lastNodeError' in error ? error.lastNodeError : error.cause;
    this.#lastError = this.#redacted(plainReason(inner instanceof Error ? inner : error));
    if (!this.#isReady) this.#fail();
  }

  #onClose(): void {
    if (this.#isReady) {
      this.#isReady = false;
      // The first attempt to connect again comes at once; whoever calls now waits for its outcome.
      this.#lastError = 'the connection was closed';
      this.#failure = undefined;
      this.#tellAway();
    } else {
      this.#fail();
    }
  }

  #fail(): void {
    this.#failure = this.#lastError;
    this.#settle();
    this.#tellAway();
  }

  #tellAway(): void {
    if (this.#hasTold || this.#isClosed) return;
    this.#hasTold = true;
    this.#context.tell(
      `redis at ${this.#target.label} is away: ${this.#lastError}; trying again until it is back`,
    );
  }

  #settle(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #redacted(text: string): string {
    return this.#target.secrets.reduce((redacted, secret) => redacted.replaceAll(secret, '***'), text);
  }
}

/** ioredis has `<command>Buffer` for every command, which answers bytes, but does not declare all of them. */
function sendTo(client: Client, name: CommandName, args: readonly Argument[]): Promise<unknown> {
  const methods = client as unknown as Record<string, (...args: readonly Argument[]) => Promise<unknown>>;
  const method = methods[`${name}Buffer`];
  if (method === undefined) throw new TypeError(`ioredis has no ${name}Buffer`);
  return method.apply(client, [...args]);
}

/** ioredis hides why a node of a cluster or a Sentinel can't be reached, and adds what it does next. */
function plainReason({ name, message }: Error): string {
  const reason = message
    .replace(/ Retrying from scratch after \d+ms\./, '')
    .replace('Connection is closed.', 'no connection could be made');
  return reason || name;
}

/** Whether a command was sent, or may have been, and the connection ended before its answer. */
function isLoss(message: string): boolean {
  return /^(Connection is closed|Reached the max retries|Command aborted)/.test(message);
}

/** Whether the server answered, with an error. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}
