import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import { EventStreams, mostStreams } from '../../host/inspector/api/event-streams.ts';
import { RequestLog } from '../../host/inspector/api/request-log.ts';
import { loadInterfaces } from '../../host/interfaces/index.ts';
import { noTrace } from '../../host/runtime/trace/packed-trace.ts';
import { RawClient } from '../support/raw-http.ts';

// What an operation is called is said by its interface; a host has them loaded.
beforeAll(async () => void (await loadInterfaces()));

/** A server of nothing but events, and the requests that it tells of. */
async function serving() {
  const log = new RequestLog();
  const streams = new EventStreams(log);
  const responses: ServerResponse[] = [];
  const server = createServer((_, response) => {
    responses.push(response);
    response.flushHeaders();
    void streams.follow(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let count = 0;
  return {
    responses,
    add(path: string, times = 1) {
      for (let round = 0; round < times; round += 1) {
        count += 1;
        log.add({
          request: count,
          clientPort: 1,
          method: 'GET',
          path,
          // Of what went wrong all is kept, however much there is in a second.
          status: 500,
          milliseconds: 1,
          operations: noTrace,
          trap: undefined,
          failure: undefined,
          refused: false,
        });
      }
    },
    async client() {
      const client = await RawClient.connect(url);
      client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await expect.poll(() => client.received).toContain(': kvasi\n');
      return client;
    },
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function told(text: string): { requests: number; missed: number } {
  const events = [...text.matchAll(/^data: (\{.*\})$/gm)].map(
    ([, data = '']) => JSON.parse(data) as { requests: unknown[]; missed: number },
  );
  return {
    requests: events.reduce((sum, { requests }) => sum + requests.length, 0),
    missed: events.reduce((sum, { missed }) => sum + missed, 0),
  };
}

test('with one more stream than there may be the oldest is closed', async () => {
  using server = await serving();
  const clients: RawClient[] = [];
  for (let count = 0; count < mostStreams + 3; count += 1) clients.push(await server.client());
  for (const client of clients.slice(0, 3)) await client.closed();
  server.add('/live');
  for (const client of clients.slice(3)) await expect.poll(() => client.received).toContain('"/live"');
  expect(server.responses.filter(({ closed }) => !closed)).toHaveLength(mostStreams);
});

test('nothing is kept for a client that does not read, and it hears of how much it has missed', async () => {
  using server = await serving();
  await using idle = await server.client();
  await using busy = await server.client();
  idle.pause();
  const path = `/${'x'.repeat(4000)}`;
  const [response] = server.responses;
  const isBlocked = () => response?.writableNeedDrain === true;
  let added = 0;
  const add = (): void => {
    server.add(path, 200);
    added += 200;
  };
  while (!isBlocked()) {
    add();
    await expect.poll(() => told(busy.received)).toEqual({ requests: added, missed: 0 });
  }
  const kept = response?.writableLength ?? 0;
  for (let round = 0; round < 5; round += 1) {
    add();
    await expect.poll(() => told(busy.received)).toEqual({ requests: added, missed: 0 });
  }
  expect(response?.writableLength).toBe(kept);
  expect(kept).toBeLessThan(2_000_000);
  idle.resume();
  await expect.poll(isBlocked).toBe(false);
  server.add('/last');
  await expect.poll(() => idle.received).toContain('"/last"');
  const { requests, missed } = told(idle.received);
  expect(requests + missed).toBe(added + 1);
  expect(missed).toBeGreaterThanOrEqual(1000);
}, 30_000);

test('an event is of a length that does not hold the host up', async () => {
  using server = await serving();
  await using client = await server.client();
  server.add(`/${'x'.repeat(60_000)}`, 200);
  await expect.poll(() => told(client.received).missed).toBeGreaterThan(150);
  expect(client.received.length).toBeLessThan(1_200_000);
  expect(told(client.received).requests).toBeGreaterThan(10);
});
