import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { explore, startHost, type TestHost } from '../../host/testing.ts';
import { component } from '../support/kvasi-in-process.ts';

const messenger = component('messaging/messenger', 'messenger');
const messengerAsync = component('messaging/messenger-async', 'messenger-async');
const listener = component('messaging/listener', 'listener');

describe('a component of messaging 0.3.0', () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHost({
      component: messengerAsync,
      config: { subscriptions: 'async.>' },
      components: [{ name: 'old', file: listener, config: { name: 'old', subscriptions: 'old' } }],
    });
  });
  beforeEach(async () => {
    await host.reset();
  });
  afterAll(async () => {
    await host.close();
  });

  const post = async (path: string, body = ''): Promise<string> =>
    await (await host.fetch(path, { method: 'POST', body })).text();

  test('reads a body as a stream, and replies with one', async () => {
    const body = new Uint8Array(1_000_000).fill(7);
    expect((await host.publish('async.read', body, { reply: true })).reply?.text).toBe('1000000 bytes');
    const through = await host.publish('async.through', body, { reply: true });
    expect(Buffer.from(through.reply?.body ?? []).equals(body)).toBe(true);
    expect((await host.publish('async.discard', body)).deliveries).toMatchObject([{ failure: undefined }]);
    expect((await host.publish('async.empty', '', { reply: true })).reply?.text).toBe('0 bytes');
  });

  test('its dispositions are told, and a trap', async () => {
    const outcomes = [];
    for (const last of ['reject', 'retry', 'other', 'trap']) {
      const { deliveries } = await host.publish(`async.${last}`, 'x');
      outcomes.push([deliveries[0]?.disposition, deliveries[0]?.failure]);
    }
    expect(outcomes).toEqual([
      ['reject', 'the component answered reject'],
      ['retry', 'the component answered retry'],
      ['other', 'the component answered with an error: it was asked to'],
      [undefined, 'the component trapped: main: unreachable'],
    ]);
    expect((await host.publish('async.fine', 'x')).deliveries[0]?.failure).toBeUndefined();
  });

  test('sends streams, also to a component of 0.2.0, and passes the reply on as it comes', async () => {
    expect(await post('/request?subject=old', 'hello')).toBe('old heard hello');
    expect(await post('/request?subject=async.read', 'x'.repeat(300_000))).toBe('300000 bytes');
    expect(await post('/publish?subject=async.read', 'x')).toBe('Ok(())\n');
    await host.messagesHandled();
    expect(await (await host.fetch('/count?key=async.read')).text()).toBe('2\n');
  });

  test('gets the case of the error that the WIT has', async () => {
    expect(await post('/publish?subject=a..b', 'x')).toBe('Err(Error::SubjectInvalid)\n');
    expect(await post('/large?subject=async.large&size=1048577')).toBe('Err(Error::MessageTooLarge)\n');
    expect(await post('/large?subject=async.large&size=1048576')).toBe('Ok(())\n');
    expect(await post('/request?subject=nobody', 'x')).toContain('Error::Other("no responders: nobody');
    expect(await post('/request?subject=async.wait&timeout=50', '500')).toBe('Error::Timeout\n');
  });

  test.for(['subject-invalid', 'access-denied', 'broker-unavailable', 'quota-exceeded'] as const)(
    'a fault %s of what it publishes reaches it, and other subjects do not have it',
    async (error) => {
      const fault = host.faults.add({ op: 'publish', subject: 'async.faulty', error });
      const shown = error.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
      expect(await post('/publish?subject=async.faulty', 'x')).toBe(`Err(Error::${shown})\n`);
      expect(await post('/publish?subject=async.sound', 'x')).toBe('Ok(())\n');
      expect(fault.hits).toBe(1);
      expect(host.messages().map(({ subject }) => subject)).toEqual(['async.sound']);
    },
  );
});

test('a fault that contradicts itself, or is of something else, is refused', async () => {
  await using host = await startHost({ component: messenger });
  expect(() => host.faults.add({ subject: 'a', key: 'b', error: 'other' })).toThrow(
    'a fault names key, which is of keys, beside what is of messages',
  );
  expect(() => host.faults.add({ op: 'publish', error: 'no-such-store' })).toThrow('error of a fault');
  expect(() => host.faults.add({ op: ['publish', 'get'], error: 'other' })).toThrow('op of a fault');
  host.faults.add({ op: 'publish', drop: 'after-apply' });
  const response = await host.fetch('/publish?subject=lost', { method: 'POST', body: 'x' });
  expect(await response.text()).toContain('the answer was lost');
  expect(host.messages()).toMatchObject([{ subject: 'lost' }]);
});

test('explore orders the operations of handlers, and finds what is lost', async () => {
  const exploration = {
    component: messenger,
    config: { subscriptions: 'count' },
    messages: [
      ['count', 'race visits'],
      ['count', 'race visits'],
    ],
    check: async (host: TestHost) => (await host.bucket('heard').getText('visits')) === '2',
  } as const;
  await expect(explore(exploration)).rejects.toThrow(/request 2 {2}publish count {2}get heard/);
  await expect(explore({ ...exploration, messages: [['nobody', 'race visits']] })).rejects.toThrow(
    'explore: nobody has subscribed to nobody',
  );
  await expect(explore({ ...exploration, messages: [] })).rejects.toThrow('explore: requests is missing');
});

test('components of WASI 0.2 and 0.3 handle messages beside each other, with instances that are used again', async () => {
  await using host = await startHost({
    component: messenger,
    config: { subscriptions: 'two' },
    components: [{ name: 'three', file: messengerAsync, config: { subscriptions: 'three' } }],
    routes: [{ path: '/', component: 'main' }],
    instances: 'reuse',
  });
  for (let index = 0; index < 20; index += 1) {
    expect((await host.publish('two', 'x', { reply: true })).reply?.text).toBe('x');
    expect((await host.publish('three', 'x', { reply: true })).reply?.text).toBe('1 bytes');
  }
  expect(await (await host.fetch('/count?key=two')).text()).toBe('20\n');
  expect(await (await host.fetch('/count?key=three')).text()).toBe('20\n');
});
