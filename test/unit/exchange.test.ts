import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noTrace } from '../../host/runtime/trace/packed-trace.ts';
import type { WorkerLink } from '../../host/runtime/worker-pool/worker-link.ts';
import { Exchange } from '../../host/triggers/http/exchange.ts';
import type { ReceivedOutput } from '../../host/triggers/http/messages.ts';

/** Names and values that Node's server treats in some way of its own, and ones that it does not take. */
const name = fc.oneof(
  fc.constantFrom('content-length', 'Content-Length', 'trailer', 'transfer-encoding', 'connection', 'date'),
  fc.constantFrom(
    'te',
    'upgrade',
    'expect',
    'keep-alive',
    'set-cookie',
    'x-a',
    '',
    'a b',
    'é',
    'a:b',
    '__proto__',
  ),
  fc.string({ maxLength: 8 }),
);
const value = fc.oneof(
  fc.constantFrom('0', '3', '5', '-1', 'abc', '5, 5', '999999999999', 'chunked', 'close', '100-continue', ''),
  fc.string({ maxLength: 12, unit: 'binary' }),
);
const fields = fc.array(fc.tuple(name, value), { maxLength: 4 }).map((list) => list.flat());
const status = fc.oneof(
  fc.constantFrom(200, 201, 204, 205, 206, 304, 404, 500, 503, 599),
  fc.integer({ min: -1, max: 70_000 }),
);
const bytes = fc.oneof(fc.constant('hello'), fc.string({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }));
/** What a worker may send of an answer, in any order and with anything in it. */
const output: fc.Arbitrary<Omit<ReceivedOutput, 'id'>> = fc.record(
  {
    head: fc.record({ status, headers: fields }),
    bytes,
    end: fc.record({ trailers: fc.option(fields, { nil: undefined }) }),
    failure: fc.string({ maxLength: 20 }),
    outcome: fc.constant({ operations: noTrace }),
  },
  { requiredKeys: [] },
);
const request = fc.constantFrom(
  'GET / HTTP/1.1\r\nhost: a\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  'HEAD / HTTP/1.1\r\nhost: a\r\n\r\n',
  'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc',
  'OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
);

const silent: WorkerLink = {
  begin: () => {},
  tell: () => {},
  note: () => {},
  bytes: () => 0,
  abort: () => {},
};
/** What escapes an exchange ends the process of a host. */
const escaped: unknown[] = [];
const noteEscaped = (error: unknown): void => {
  escaped.push(error);
};

let outputs: readonly Omit<ReceivedOutput, 'id'>[] = [];
let reports = 0;
let faults = 0;
const server = createServer((incoming, response) => {
  const exchange = new Exchange(1, incoming, response, {
    request: () => {
      reports += 1;
    },
    fault: () => {
      faults += 1;
    },
  });
  const begin = (): void => {
    exchange.begin(silent, 1);
    for (const part of outputs) exchange.output({ id: 1, ...part });
    exchange.fail(500, 'the guest has ended');
    exchange.orphan();
  };
  if (exchange.gatherBody(false, begin)) begin();
});

beforeAll(async () => {
  process.on('uncaughtException', noteEscaped);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  process.off('uncaughtException', noteEscaped);
  server.closeAllConnections();
  server.close();
});

test('whatever a guest puts into its answer, the client gets one or a closed connection, and nothing is thrown', async () => {
  let count = 0;
  const property = fc.asyncProperty(request, fc.array(output, { maxLength: 6 }), async (text, parts) => {
    outputs = parts;
    count += 1;
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let received = '';
    socket.setEncoding('latin1').on('data', (part: string) => {
      received += part;
    });
    socket.on('error', () => {});
    socket.end(text);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(escaped).toEqual([]);
    if (received !== '') expect(received).toMatch(/^HTTP\/1\.1 \d{3} /);
    await expect.poll(() => reports, { interval: 1 }).toBe(count);
  });
  await fc.assert(property, { numRuns: 1000 });
  expect(faults, 'some of it is nothing that Node takes').toBeGreaterThan(0);
}, 60_000);
