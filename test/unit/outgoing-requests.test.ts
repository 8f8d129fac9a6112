import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FutureIncomingResponse, outgoingHandler } from '../../host/interfaces/http/client.ts';
import { Fields } from '../../host/interfaces/http/fields.ts';
import { OutgoingRequest } from '../../host/interfaces/http/outgoing-request.ts';
import { OutgoingRequests } from '../../host/interfaces/http/outgoing-requests.ts';
import { loadInterfaces } from '../../host/interfaces/index.ts';
import { recordsOf, tracedOperations } from '../../host/interfaces/traced-operations.ts';
import { TraceLog } from '../../host/runtime/trace/trace-log.ts';
import { Holdings } from '../../host/runtime/worker/holdings.ts';
import { Lifetime } from '../../host/runtime/worker/lifetime.ts';
import { systemClock } from '../../host/shared/clock.ts';
import { Upstream } from '../support/upstream.ts';

await loadInterfaces();

let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.http((request, response) => {
    if (request.url !== '/never') response.end(`hello ${request.url}`);
  });
});
afterAll(async () => {
  await upstream[Symbol.asyncDispose]();
});

/** A guest that sends requests to the server, without a component and a thread. */
function makeGuest(reach: 'all' | readonly string[] = 'all') {
  const guest = {
    lifetime: new Lifetime(),
    holdings: new Holdings(),
    trace: new TraceLog(tracedOperations()),
    request: 1,
    output: { permit: () => 0, whenReady: () => Promise.resolve() },
    command: undefined,
    print() {},
    log() {},
  };
  const told: string[] = [];
  const requests = new OutgoingRequests(
    { trust: { roots: 'webpki', paths: [] }, mostConnections: 2, connectionWait: 100 },
    { clock: systemClock, generation: 1, shared: undefined, post() {}, tell: (text) => told.push(text) },
  );
  const { handle } = outgoingHandler(requests, guest, reach) as {
    handle(request: OutgoingRequest, options: undefined): FutureIncomingResponse;
  };
  guest.trace.begin();
  const sendTo = (authority: string, path: string): FutureIncomingResponse => {
    const request = new OutgoingRequest(new Fields(guest.holdings));
    request.setScheme({ tag: 'HTTP' });
    request.setAuthority(authority);
    request.setPathWithQuery(path);
    return handle(request, undefined);
  };
  const send = (path: string): FutureIncomingResponse => sendTo(`127.0.0.1:${upstream.port}`, path);
  return { guest, told, send, sendTo, records: () => recordsOf(guest.trace.take()) };
}

/** The error, or the text of the body. */
async function outcome(future: FutureIncomingResponse): Promise<string> {
  await future.subscribe().block();
  const taken = future.get();
  if (taken?.tag !== 'ok') return 'nothing';
  if (taken.val.tag === 'err') return taken.val.val.tag;
  const stream = taken.val.val.consume().stream();
  let text = '';
  for (;;) {
    try {
      text += Buffer.from(await stream.blockingRead(1000n)).toString();
    } catch {
      return text;
    }
  }
}

test('one connection serves one request after the other', async () => {
  const { send, records } = makeGuest();
  const before = upstream.connections;
  for (const path of ['/a', '/b', '/c']) expect(await outcome(send(path))).toBe(`hello ${path}`);
  expect(upstream.connections - before).toBe(1);
  expect(records()).toMatchObject(
    ['/a', '/b', '/c'].map((path) => ({
      target: upstream.url(path),
      attributes: { method: 'GET', status: 200, size: 8 },
    })),
  );
});

test('a request that nothing allows fails by its future, and the user is told once', async () => {
  const { send, told, records } = makeGuest([`localhost:${upstream.port}`]);
  expect(await outcome(send('/'))).toBe('HTTP-request-denied');
  expect(await outcome(send('/'))).toBe('HTTP-request-denied');
  expect(told).toHaveLength(1);
  expect(records()).toMatchObject([{ error: 'HTTP-request-denied' }, { error: 'HTTP-request-denied' }]);
});

test('what no server can have is denied without advice that would not help', async () => {
  const { sendTo, told } = makeGuest([]);
  expect(await outcome(sendTo('127.0.0.1:0', '/'))).toBe('HTTP-request-denied');
  expect(told).toEqual([
    'a request to http://127.0.0.1:0 was denied. No server has port 0: the component has to name another one.',
  ]);
});

test('what the guest drops is closed, and so is what it leaves behind', async () => {
  const { guest, send, records } = makeGuest();
  const before = upstream.open;
  const dropped = send('/never');
  send('/never');
  await expect.poll(() => upstream.open - before).toBe(2);
  dropped[Symbol.dispose]();
  await expect.poll(() => upstream.open - before).toBe(1);
  expect(records(), 'both are noted when the request ends').toHaveLength(2);
  guest.holdings.release();
  await expect.poll(() => upstream.open - before).toBe(0);
});

test('those of an instance that serves several requests are all sent, also while what sends them is loaded', async () => {
  const { guest, send } = makeGuest();
  const futures = ['/a', '/b', '/c'].map((path) => {
    guest.request += 1;
    return send(path);
  });
  expect(await Promise.all(futures.map(outcome))).toEqual(['hello /a', 'hello /b', 'hello /c']);
});

test('who waits for a guest that is unwound is unwound', async () => {
  const { guest, send } = makeGuest();
  const waiting = send('/never').subscribe().block();
  guest.lifetime.end(new Error('its time is over'));
  guest.holdings.release();
  await expect(waiting).rejects.toThrow('its time is over');
});

test('there are no more connections than there may be, and who waits for one too long fails', async () => {
  const { guest, send } = makeGuest();
  const before = upstream.open;
  send('/never');
  send('/never');
  await expect.poll(() => upstream.open - before).toBe(2);
  expect(await outcome(send('/'))).toBe('connection-limit-reached');
  guest.holdings.release();
  expect(await outcome(send('/'))).toBe('hello /');
});
