import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Bucket } from '../../host/interfaces/keyvalue/backends/backend.ts';
import { redis } from '../../host/interfaces/keyvalue/backends/redis/redis.ts';
import { bytes } from '../../host/interfaces/keyvalue/conformance/bucket-contents.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';
import { isInstalled, natsServer, redisServer, Server } from '../support/server.ts';

/** A way to Redis on which somebody puts bytes in front of, or in place of, the next answer. */
class Confusion implements AsyncDisposable {
  readonly #server = createServer((client) => this.#join(client));
  readonly #sockets = new Set<Socket>();
  readonly #target: number;
  #next: { readonly text: string; readonly replaces: boolean } | undefined;
  #client: Socket | undefined;

  constructor(target: number) {
    this.#target = target;
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await new Promise((resolve) => this.#server.once('listening', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Sends something to the connection now, without anybody having asked; resolves at its end. */
  async send(text: string): Promise<void> {
    const client = this.#client;
    if (client === undefined) throw new Error('nobody is connected');
    client.write(text);
    await once(client, 'close');
  }

  /** In place of the next answer. */
  replace(text: string): void {
    this.#next = { text, replaces: true };
  }

  #join(client: Socket): void {
    const target = connect(this.#target, '127.0.0.1');
    this.#client = client;
    client.pipe(target);
    target.on('data', (data) => {
      const next = this.#next;
      this.#next = undefined;
      client.write(next === undefined ? data : next.text);
    });
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const get = async (bucket: Bucket): Promise<Uint8Array | undefined> => await bucket.get('k');

describe.runIf(await isInstalled(redisServer))('answers of Redis that nobody understands', () => {
  let server: Server;
  beforeAll(async () => {
    server = await Server.start(redisServer, ['--appendonly', 'no']);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function use(confusion: Confusion, operationTimeout: number) {
    const told: string[] = [];
    const context = { now: Date.now, operationTimeout, tell: (text: string) => void told.push(text) };
    const url = `redis://127.0.0.1:${await confusion.listen()}`;
    const backend = await connectDefinition(redis, { url }, context);
    return { bucket: await backend.open('b', {}), told, close: () => backend.close() };
  }

  /** What is read once there is an answer; none may be wrong. */
  async function answerOf(bucket: Bucket): Promise<string> {
    let answer: Uint8Array | undefined;
    await vi.waitFor(async () => {
      answer = await get(bucket);
    }, 10_000);
    return Buffer.from(answer ?? []).toString();
  }

  test.for(['_\r\n', '$-1\r\n', '+OK\r\n', '*1\r\n$-1\r\n', '$-5\r\n', 'nonsense\r\n'])(
    '%j without a question ends the connection, and the next one is right',
    async (text) => {
      await using confusion = new Confusion(server.port);
      const { bucket, close } = await use(confusion, 3000);
      await bucket.set('k', bytes('v'));
      await confusion.send(text);
      for (let count = 0; count < 5; count += 1) expect(await answerOf(bucket)).toBe('v');
      await close();
    },
  );

  test('a push of Redis is no answer', async () => {
    await using confusion = new Confusion(server.port);
    const { bucket, close } = await use(confusion, 3000);
    await bucket.set('k', bytes('v'));
    confusion.send('>2\r\n+a\r\n_\r\n').catch(() => {});
    for (let count = 0; count < 5; count += 1) expect(await answerOf(bucket)).toBe('v');
    await close();
  });

  test('an answer that never ends costs one connection, however many operations come', async () => {
    await using confusion = new Confusion(server.port);
    const { bucket, close } = await use(confusion, 500);
    await bucket.set('k', bytes('v'));
    confusion.replace('$99999999999999999999\r\n');
    const started = performance.now();
    const found: unknown[] = [];
    while (performance.now() - started < 3000) {
      found.push(await get(bucket).catch((error: Error) => error.message));
      await sleep(20);
    }
    expect(found.filter((value) => typeof value === 'string').length).toBeLessThan(5);
    expect(found.at(-1)).toEqual(bytes('v'));
    await close();
  });
});

describe.runIf(await isInstalled(natsServer))('a server of NATS', () => {
  test('is none of Redis, and that is said', async () => {
    await using server = await Server.start(natsServer);
    const told: string[] = [];
    const context = { now: Date.now, operationTimeout: 3000, tell: (text: string) => void told.push(text) };
    const backend = await connectDefinition(redis, { url: `redis://127.0.0.1:${server.port}` }, context);
    const bucket = await backend.open('b', {});
    for (let count = 0; count < 3; count += 1) {
      const reason = await get(bucket).catch((error: Error) => error.message);
      expect(reason).toContain('does not speak the protocol of Redis');
    }
    await backend.close();
  });
});
