import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startHost, type TestHost } from '../../host/testing.ts';
import { component } from '../support/kvasi-in-process.ts';

const messenger = component('messaging/messenger', 'messenger');
const listener = component('messaging/listener', 'listener');

describe('a component of messaging 0.2.0', () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHost({
      component: messenger,
      config: { subscriptions: 'orders.>, jobs.*.done' },
      components: [
        { name: 'north', file: listener, config: { name: 'north', subscriptions: 'heard.north,heard.all' } },
        { name: 'south', file: listener, config: { name: 'south', subscriptions: 'heard.south,heard.all' } },
      ],
    });
  });
  beforeEach(async () => {
    await host.reset();
  });
  afterAll(async () => {
    await host.close();
  });

  const post = async (path: string, body = ''): Promise<string> => {
    const response = await host.fetch(path, { method: 'POST', body });
    return `${response.status} ${await response.text()}`;
  };

  test('handles what a test publishes, and the test is told what became of it', async () => {
    const { deliveries } = await host.publish('orders.new', 'a book');
    expect(deliveries).toMatchObject([
      { component: 'main', subject: 'orders.new', size: 6, failure: undefined, disposition: undefined },
    ]);
    expect(deliveries[0]?.operations).toMatchObject([
      { op: 'increment', bucket: 'heard', key: 'orders.new' },
    ]);
    expect(await host.bucket('heard').getText('orders.new')).toBe('1');
    expect(host.operations()).toMatchObject([{ op: 'increment', request: 1 }]);
  });

  test('gets what its subscriptions name, and nothing else', async () => {
    const subjects = [
      'orders.a',
      'orders.a.b',
      'jobs.7.done',
      'orders',
      'jobs.done',
      'jobs.7.8.done',
      'jobs.7',
    ];
    const got = [];
    for (const subject of subjects) {
      const { deliveries } = await host.publish(subject, 'x');
      if (deliveries.length > 0) got.push(subject);
    }
    expect(got).toEqual(['orders.a', 'orders.a.b', 'jobs.7.done']);
  });

  test('sends requests to the other components, which reply', async () => {
    expect(await post('/request?subject=heard.north', 'hello')).toBe('200 north heard hello');
    expect(await post('/request?subject=heard.south', 'hello')).toBe('200 south heard hello');
    await host.messagesHandled();
    const operations = host
      .operations()
      .map(({ op, subject }) => `${op} ${subject}`.replace(/_INBOX\..*/, 'reply'));
    expect(operations.sort()).toEqual([
      'publish reply',
      'publish reply',
      'request heard.north',
      'request heard.south',
    ]);
    const { deliveries } = await host.publish('heard.all', 'all');
    expect(deliveries.map((one) => one.component).sort()).toEqual(['north', 'south']);
  });

  test('gets a reply, or why there is none', async () => {
    expect((await host.publish('heard.north', 'you', { reply: true })).reply?.text).toBe('north heard you');
    expect(await post('/request?subject=nobody.there', 'x')).toBe(
      '502 no responders: nobody has subscribed to "nobody.there"\n',
    );
    expect(await post('/request?subject=orders.x&timeout=50', 'publish other.place x')).toBe(
      '502 no reply from "orders.x" came within 50 ms\n',
    );
    expect(await post('/publish?subject=or%20ders')).toContain(
      '502 1 of 1 refused: the subject "or ders" has a blank',
    );
    expect(await post('/publish?subject=orders.*')).toContain('has the wildcard *');
    expect(await post('/publish?subject=orders.new', 'x'.repeat(1024 * 1024 + 1))).toContain(
      '502 1 of 1 refused: the message has 1048577 bytes, and the broker takes at most 1048576',
    );
    expect(await post('/publish?subject=nobody.there')).toBe('200 published\n');
  });

  test('answers an error or traps: that is told, and the next message is handled', async () => {
    const failed = await host.publish('orders.x', 'fail no such order');
    expect(failed.deliveries).toMatchObject([
      { disposition: 'other', failure: 'the component answered with an error: no such order' },
    ]);
    const trapped = await host.publish('orders.x', 'trap');
    expect(trapped.deliveries[0]?.failure).toBe('the component trapped: main: unreachable');
    expect(trapped.deliveries[0]?.backtrace.join('\n')).toContain('stumble');
    expect((await host.publish('orders.x', 'fine')).deliveries[0]?.failure).toBeUndefined();
  });

  test('what it publishes while it handles a message is handled too', async () => {
    await host.publish('orders.first', 'publish orders.second publish orders.third done');
    await host.messagesHandled();
    expect(
      host.messages().map(({ subject, from, deliveries }) => [subject, from, deliveries.length]),
    ).toEqual([
      ['orders.first', 'test', 1],
      ['orders.second', 'component', 1],
      ['orders.third', 'component', 1],
    ]);
    expect(await host.bucket('heard').getText('orders.third')).toBe('1');
  });

  test('a request of HTTP and a message find the same buckets', async () => {
    await post('/publish?subject=orders.shared&times=5', 'x');
    await host.messagesHandled();
    expect(await (await host.fetch('/count?key=orders.shared')).text()).toBe('5\n');
  });

  test('time that a test moves ends a request without a reply', async () => {
    host.clock.freeze();
    const answer = post('/request?subject=orders.slow&timeout=60000', 'publish other.place x');
    await expect.poll(() => host.messages().some(({ subject }) => subject === 'other.place')).toBe(true);
    host.clock.advance('60s');
    expect(await answer).toBe('502 no reply from "orders.slow" came within 60000 ms\n');
  });
});

test('wrong arguments of host.publish are told', async () => {
  await using host = await startHost({ component: messenger });
  await expect(host.publish('a b', 'x')).rejects.toThrow('host.publish: the subject "a b" has a blank');
  await expect(host.publish('a', 'x', { replay: true } as never)).rejects.toThrow(
    'host.publish knows no replay',
  );
  await expect(host.publish('a', {} as never)).rejects.toThrow('the body of host.publish');
});

test('a component that handles messages alone is served, and requests are told so', async () => {
  await using host = await startHost({ component: listener, config: { name: 'only' } });
  expect((await host.publish('anything', 'here', { reply: true })).reply?.text).toBe('only heard here');
  const response = await host.fetch('/');
  expect(response.status).toBe(404);
  expect(await response.text()).toContain('no component of this host answers requests');
});

test('of components of one group each message goes to one', async () => {
  const group = { subscriptions: 'work', consumer_group: 'workers' };
  await using host = await startHost({
    component: messenger,
    config: { subscriptions: 'none' },
    components: [
      { name: 'north', file: listener, config: { ...group, name: 'north' } },
      { name: 'south', file: listener, config: { ...group, name: 'south' } },
    ],
  });
  const got = [];
  for (let index = 0; index < 4; index += 1)
    got.push((await host.publish('work', 'x')).deliveries.map((one) => one.component));
  expect(got).toEqual([['north'], ['south'], ['north'], ['south']]);
});

test('a storm is bounded: what there is no room for is refused, and requests are answered meanwhile', async () => {
  const config = { subscriptions: 'orders.>' };
  await using host = await startHost({ component: messenger, config, limits: { queuedMessages: 100 } });
  await host.publish('orders.storm', 'storm orders.storm');
  await expect
    .poll(() => host.output(), { timeout: 20_000 })
    .toMatch(/main: \d+ messages? refused, as \d+ wait already/);
  expect(Number(await (await host.fetch('/count?key=storm')).text())).toBeGreaterThan(0);
  const more = await Promise.all(Array.from({ length: 200 }, () => host.publish('orders.more', 'x')));
  const failures = more.map(({ deliveries }) => deliveries[0]?.failure);
  expect(failures).toContain('too many messages wait for the component');
  await host.reset();
  expect(host.messages()).toEqual([]);
}, 60_000);

test('with max_in_flight: 1 a component handles one message after the other', async () => {
  const config = { subscriptions: 'count', max_in_flight: '1' };
  await using host = await startHost({ component: messenger, config });
  await Promise.all(Array.from({ length: 20 }, () => host.publish('count', 'race visits')));
  expect(await host.bucket('heard').getText('visits')).toBe('20');
});

test('an entry of dev.host_interfaces says what all components that handle messages have subscribed to', async () => {
  const entry = { namespace: 'wasmcloud', package: 'messaging', interfaces: ['handler'] };
  const told = (config: Readonly<Record<string, string>>) => ({
    component: messenger,
    components: [{ name: 'beside', file: listener, config: { consumer_group: 'broadcast' } }],
    hostInterfaces: [{ ...entry, config }],
  });
  await using host = await startHost(told({ subscriptions: 'all', max_in_flight: '1' }));
  expect((await host.publish('all', 'x')).deliveries).toHaveLength(2);
  expect((await host.publish('other', 'x')).deliveries).toEqual([]);
  await expect(startHost(told({ backend: 'kafka' }))).rejects.toThrow(
    'Expected in_memory or nats as the backend',
  );
});
