import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { isError } from '../../../../shared/is-error.ts';
import { AnswerTimes } from '../answer-times.ts';
import { StoreError } from '../backend.ts';
import type { BackendContext } from '../definition.ts';
import type { Purpose } from '../key-purpose.ts';
import { advised, newsOf, redisAdvice, type Told } from '../server-advice.ts';
import {
  type Argument,
  type Client,
  type CommandName,
  isClosing,
  isRefusal,
  plainReason,
  sendTo,
} from './commands.ts';
import type { RedisTarget } from './redis-client.ts';
import { absence, failure, lateness } from './redis-failure.ts';
import type { Script } from './scripts.ts';

/** How many commands are written together. */
const mostTogether = 16;
/** The connection that all buckets of one backend share. */
export class RedisConnection {
  readonly #target: RedisTarget;
  readonly #context: BackendContext;
  readonly #times: AnswerTimes;
  #isReady = false;
  /** When an answer came last, in milliseconds of `performance.now()`. */
  #answered = 0;
  /** How many commands wait to be written together. */
  #gathered = 0;
  /** Why the last attempt failed; undefined while the outcome is open. */
  #failure: string | undefined;
  #lastError = 'the connection was closed';
  /** Told of the next outcome. */
  readonly #waiting = new Set<() => void>();
  #told: Told | undefined;
  #isClosed = false;
  /** Whether commands are sent and nothing comes back. */
  #isSilent = false;
  /** Why the database that is meant can't be used; ioredis would go on with the first one. */
  #noDatabase: string | undefined;

  constructor(target: RedisTarget, context: BackendContext) {
    this.#target = target;
    this.#context = context;
    this.#times = new AnswerTimes(context.operationTimeout);
    const { client } = target;
    client.on('connect', () => {
      this.#noDatabase = undefined;
    });
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
    this.#times.close();
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
  command(
    purpose: Purpose,
    name: CommandName,
    args: readonly Argument[],
    node: Client = this.#target.client,
  ): Promise<unknown> {
    return this.#send(purpose, name, args, node).catch((error: unknown) => {
      throw this.#failed(purpose, error);
    });
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

  #send(purpose: Purpose, name: CommandName, args: readonly Argument[], node: Client): Promise<unknown> {
    if (!this.#isReady) return this.#sendLater(purpose, name, args, node);
    if (!node.isCluster) this.#gather((node as Redis).stream);
    return new Promise((resolve, reject) => {
      const awaited = this.#times.begin(() => {
        reject(new Error(lateness));
        this.#renewSilent(node);
      });
      sendTo(node, name, args).then(
        (answer) => {
          this.#times.end(awaited);
          this.#answered = performance.now();
          if (this.#isSilent) this.#tellBack();
          resolve(answer);
        },
        (error: unknown) => {
          this.#times.end(awaited);
          if (isRefusal(error)) this.#answered = performance.now();
          reject(error);
        },
      );
    });
  }

  async #sendLater(
    purpose: Purpose,
    name: CommandName,
    args: readonly Argument[],
    node: Client,
  ): Promise<unknown> {
    const deadline = this.deadline();
    await this.#available(purpose, deadline);
    const answer = await this.#before(deadline, sendTo(node, name, args));
    if (this.#isSilent) this.#tellBack();
    return answer;
  }

  /** A connection on which nothing was understood for as long as an operation may take is not waited for any longer. */
  #renewSilent(node: Client): void {
    if (node.isCluster || performance.now() - this.#answered < this.#context.operationTimeout) return;
    (node as Redis).stream?.destroy();
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
        const reason = `no connection after ${this.#context.operationTimeout} ms`;
        throw this.#away(purpose, advised(reason, redisAdvice));
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
          throw new Error(lateness);
        }),
      ]);
    } finally {
      stop.abort();
      result.catch(() => {});
    }
  }

  #away(purpose: Purpose, reason: string): StoreError {
    return absence(purpose, `redis at ${this.#target.label}`, reason);
  }

  #failed(purpose: Purpose, thrown: unknown): StoreError {
    if (thrown instanceof StoreError) return thrown;
    const error = isError(thrown) ? thrown : new Error(String(thrown));
    if (error.message.includes('enableOfflineQueue')) return this.#away(purpose, this.#lastError);
    if (error.message === lateness) this.#onSilence();
    return failure(purpose, error, {
      server: `redis at ${this.#target.label}`,
      timeout: this.#context.operationTimeout,
      redacted: (text) => this.#redacted(text),
    });
  }

  #onReady(): void {
    if (this.#noDatabase !== undefined) {
      this.#lastError = this.#noDatabase;
      this.#target.client.disconnect(true);
      return;
    }
    this.#isReady = true;
    this.#failure = undefined;
    this.#settle();
    this.#tellBack();
  }

  #tellBack(): void {
    this.#isSilent = false;
    if (this.#told !== undefined) this.#context.tell(`redis at ${this.#target.label} is back`);
    this.#told = undefined;
  }

  #onSilence(): void {
    this.#isSilent = true;
    this.#lastError = `it gave no answer within ${this.#context.operationTimeout} ms`;
    this.#tellAway();
  }

  #onError(error: Error): void {
    const inner = 'lastNodeError' in error ? error.lastNodeError : error.cause;
    const reason = this.#redacted(plainReason(isError(inner) ? inner : error));
    // Whoever sends what is not understood closes the connection too, which explains less.
    if (!isClosing(reason) || !this.#lastError.includes('speak the protocol'))
      this.#lastError = advised(reason, redisAdvice);
    // An answer that nobody asked for: those that follow would be taken for others.
    if (reason.startsWith('Command queue state error') && 'stream' in this.#target.client)
      this.#target.client.stream?.destroy();
    if (/DB index|'select'/i.test(reason)) this.#noDatabase = this.#lastError;
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
    if (this.#isClosed) return;
    const news = newsOf(`redis at ${this.#target.label}`, this.#lastError, this.#told);
    if (news === undefined) return;
    this.#told = news;
    this.#context.tell(news.text);
  }

  #settle(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #redacted(text: string): string {
    return this.#target.secrets.reduce((redacted, secret) => redacted.replaceAll(secret, '***'), text);
  }
}
