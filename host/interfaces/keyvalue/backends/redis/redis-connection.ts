import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { isError } from '../../../../shared/is-error.ts';
import { AnswerTimes } from '../answer-times.ts';
import { StoreError } from '../backend.ts';
import type { BackendContext } from '../definition.ts';
import { ServerLink } from '../server-link.ts';
import {
  type Argument,
  type Client,
  type CommandName,
  isClosing,
  isLoss,
  isRefusal,
  plainReason,
  sendTo,
} from './commands.ts';
import { redisAdvice } from './redis-advice.ts';
import type { RedisTarget } from './redis-client.ts';
import type { Script } from './scripts.ts';

/** How many commands are written together. */
const mostTogether = 16;
/** The message of an error of a command whose answer is late, as ioredis calls it. */
const lateness = 'Command timed out';

/** The connection that all buckets of one backend share. Every failure is a `StoreError`. */
export class RedisConnection {
  readonly link: ServerLink;
  readonly #client: Client;
  readonly #times: AnswerTimes;
  /** When an answer came last, in milliseconds of `performance.now()`. */
  #answered = 0;
  /** How many commands wait to be written together. */
  #gathered = 0;
  #lastError = 'the connection was closed';
  /** Why the database that is meant can't be used; ioredis would go on with the first one. */
  #noDatabase: string | undefined;

  constructor({ client, name, secrets }: RedisTarget, context: BackendContext) {
    this.link = new ServerLink({ name, secrets, advice: redisAdvice }, context);
    this.#client = client;
    this.#times = new AnswerTimes(context.operationTimeout);
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

  close(): void {
    this.link.close();
    this.#times.close();
    this.#client.disconnect();
  }

  /** The connections to all masters by host and port; one where there is no cluster. */
  async masters(): Promise<Map<string, Redis>> {
    await this.link.available(this.link.deadline());
    const client = this.#client;
    if (!client.isCluster) return new Map([['', client as Redis]]);
    const nodes = 'nodes' in client ? client.nodes('master') : [];
    return new Map(nodes.map((node) => [`${node.options.host}:${node.options.port}`, node]));
  }

  /** Sends a command to whichever server has the key, or to the one given. */
  command(name: CommandName, args: readonly Argument[], node: Client = this.#client): Promise<unknown> {
    if (!this.link.isReady) return this.#sendLater(name, args, node);
    if (!node.isCluster) this.#gather((node as Redis).stream);
    return new Promise((resolve, reject) => {
      const awaited = this.#times.begin(() => {
        reject(this.#failed(new Error(lateness)));
        this.#renewSilent(node);
      });
      sendTo(node, name, args).then(
        (answer) => {
          this.#times.end(awaited);
          this.#answered = performance.now();
          this.link.answered();
          resolve(answer);
        },
        (error: unknown) => {
          this.#times.end(awaited);
          if (isRefusal(error)) this.#answered = performance.now();
          reject(this.#failed(error));
        },
      );
    });
  }

  /** Runs a script on a key and its mark. */
  async run({ source, sha }: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.command('evalsha', [sha, ...rest]);
    } catch (error) {
      // A server that does not know the script, such as one that was restarted, has done nothing.
      if (!(error instanceof UnknownScript)) throw error;
    }
    return await this.command('eval', [source, ...rest]);
  }

  async #sendLater(name: CommandName, args: readonly Argument[], node: Client): Promise<unknown> {
    const deadline = this.link.deadline();
    await this.link.available(deadline);
    try {
      const answer = await before(deadline, sendTo(node, name, args));
      this.link.answered();
      return answer;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** A connection on which nothing was understood for as long as an operation may take is not waited for any longer. */
  #renewSilent(node: Client): void {
    if (node.isCluster || performance.now() - this.#answered < this.link.timeout) return;
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

  /** Without the error as a cause: ioredis puts the arguments of a command there, passwords too. */
  #failed(thrown: unknown): StoreError {
    const error = isError(thrown) ? thrown : new Error(String(thrown));
    const { message } = error;
    if (message.includes('enableOfflineQueue')) return this.link.away(this.#lastError);
    if (isRefusal(error)) {
      if (message.startsWith('NOSCRIPT'))
        return new UnknownScript('other', `${this.link.name} forgot a script`);
      const reason = this.link.explained(plainReason(error));
      return this.link.refused(reason, message.startsWith('NOPERM') ? 'access-denied' : 'other');
    }
    if (isLoss(message)) return this.link.interrupted();
    if (message === lateness) {
      this.#lastError = `it gave no answer within ${this.link.timeout} ms`;
      return this.link.late();
    }
    const reason = `${this.link.name} failed: ${this.link.redacted(plainReason(error))}`;
    return new StoreError('other', reason, { changed: 'unknown' });
  }

  #onReady(): void {
    if (this.#noDatabase !== undefined) {
      this.#lastError = this.#noDatabase;
      this.#client.disconnect(true);
      return;
    }
    this.link.ready();
  }

  #onError(error: Error): void {
    const inner = 'lastNodeError' in error ? error.lastNodeError : error.cause;
    const reason = plainReason(isError(inner) ? inner : error);
    // Whoever sends what is not understood closes the connection too, which explains less.
    if (!isClosing(reason) || !this.#lastError.includes('speak the protocol'))
      this.#lastError = this.link.explained(reason);
    // An answer that nobody asked for: those that follow would be taken for others.
    if (reason.startsWith('Command queue state error') && 'stream' in this.#client)
      this.#client.stream?.destroy();
    if (/DB index|'select'/i.test(reason)) this.#noDatabase = this.#lastError;
    if (!this.link.isReady) this.link.failed(this.#lastError);
  }

  #onClose(): void {
    if (this.link.isReady) {
      this.#lastError = 'the connection was closed';
      this.link.lost();
    } else this.link.failed(this.#lastError);
  }
}

/** A script was not run, because the server does not know it. */
class UnknownScript extends StoreError {}

async function before<T>(deadline: number, result: Promise<T>): Promise<T> {
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
