import { describe, expect, test } from 'vitest';
import {
  brokerOfConfig,
  formatBroker,
  parseBroker,
} from '../../host/interfaces/messaging/broker-settings.ts';
import { handlerRules } from '../../host/interfaces/messaging/handler-rules.ts';
import { Inbox } from '../../host/interfaces/messaging/inbox.ts';
import { MemoryBroker } from '../../host/interfaces/messaging/memory-broker.ts';
import type { Message } from '../../host/interfaces/messaging/message.ts';
import { matches, whyNoPattern, whyNoSubject } from '../../host/interfaces/messaging/subject.ts';

const messageTo = (subject: string): Message => ({ subject, body: new Uint8Array(3) });

test.for([
  ['a.b', 'a.b', true],
  ['a.b', 'a', false],
  ['a', 'a.b', false],
  ['a.*', 'a.b', true],
  ['a.*', 'a', false],
  ['a.*', 'a.b.c', false],
  ['*.b', 'a.b', true],
  ['a.>', 'a.b', true],
  ['a.>', 'a.b.c', true],
  ['a.>', 'a', false],
  ['>', 'a.b.c', true],
  ['*', 'a', true],
  ['a.*.c', 'a.b.c', true],
  ['A', 'a', false],
] as const)('a subscription to %s and a message to %s: %s', ([pattern, subject, isMatch]) => {
  expect(matches(pattern.split('.'), subject.split('.'))).toBe(isMatch);
});

test.for([
  ['', 'is empty'],
  ['a b', 'blank'],
  ['a\nb', 'control'],
  ['a..b', 'empty token'],
  ['.a', 'empty token'],
  ['a.', 'empty token'],
  ['a.*', 'wildcard'],
  ['a.>', 'wildcard'],
  ['\ud800', 'control'],
  ['ä'.repeat(513), 'longer than 1024 bytes'],
] as const)('nothing is published to %j', ([subject, why]) => {
  expect(whyNoSubject(subject)).toContain(why);
});

test('what is published to and subscribed to may have any other characters', () => {
  for (const subject of ['a', 'a.b', 'a*b.c>', 'ä.😀', '$SYS.x', '_INBOX.1', 'a'.repeat(1024)])
    expect(whyNoSubject(subject)).toBeUndefined();
  for (const pattern of ['>', '*', 'a.*.b', 'a.>']) expect(whyNoPattern(pattern)).toBeUndefined();
  expect(whyNoPattern('a.>.b')).toContain('before its end');
});

describe('an inbox', () => {
  function inboxOf({ inFlight = 2, longestWait = 60_000, messages = 3, bytes = 1000 } = {}) {
    const events: string[] = [];
    const inbox = new Inbox(
      { inFlight, longestWait },
      { messages, bytes },
      {
        deliver: ({ subject }) => events.push(`deliver ${subject}`),
        dropped: ({ subject }, reason) => events.push(`${reason} ${subject}`),
      },
    );
    return { inbox, events };
  }

  test('has so many handled at once, and the others in the order in which they came', () => {
    const { inbox, events } = inboxOf();
    for (const subject of ['a', 'b', 'c', 'd']) expect(inbox.add(messageTo(subject))).toBe(true);
    expect(events).toEqual(['deliver a', 'deliver b']);
    inbox.ended();
    inbox.ended();
    expect(events).toEqual(['deliver a', 'deliver b', 'deliver c', 'deliver d']);
  });

  test('refuses what there is no room for, by number and by bytes', () => {
    const { inbox } = inboxOf({ inFlight: 1, messages: 2 });
    const taken = ['a', 'b', 'c', 'd'].map((subject) => inbox.add(messageTo(subject)));
    expect(taken).toEqual([true, true, true, false]);
    const small = inboxOf({ inFlight: 1, bytes: 8 }).inbox;
    expect(['a', 'b', 'c', 'd'].map((subject) => small.add(messageTo(subject)))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test('drops what has waited for too long, also where no handler ends', async () => {
    const { inbox, events } = inboxOf({ inFlight: 1, longestWait: 20 });
    inbox.add(messageTo('a'));
    inbox.add(messageTo('b'));
    await expect.poll(() => events).toEqual(['deliver a', 'late b']);
    inbox.ended();
    expect(events).toEqual(['deliver a', 'late b']);
  });

  test('delivers nothing once it is stopped', () => {
    const { inbox, events } = inboxOf({ inFlight: 1 });
    inbox.add(messageTo('a'));
    inbox.add(messageTo('b'));
    inbox.stop();
    inbox.ended();
    expect(inbox.add(messageTo('c'))).toBe(false);
    expect(events).toEqual(['deliver a', 'stopped b']);
  });

  test('takes thousands and keeps their order', () => {
    const { inbox, events } = inboxOf({ inFlight: 1, messages: 5000, bytes: 1e6 });
    for (let index = 0; index < 5000; index += 1) inbox.add(messageTo(`m${index}`));
    for (let index = 0; index < 5000; index += 1) inbox.ended();
    expect(events).toEqual(Array.from({ length: 5000 }, (_, index) => `deliver m${index}`));
  });
});

describe('the broker in memory', () => {
  test('gives the first reply to a request, and others to nobody', async () => {
    const broker = new MemoryBroker(1000);
    broker.subscribe({
      patterns: ['ask'],
      group: undefined,
      receive({ replyTo = '' }) {
        void broker.publish({ ...messageTo(replyTo), body: Buffer.from('one') });
        void broker.publish({ ...messageTo(replyTo), body: Buffer.from('two') });
        return true;
      },
    });
    const { reply } = broker.request(messageTo('ask'));
    expect(Buffer.from((await reply).body).toString()).toBe('one');
  });

  test('ends what waits when it is closed', async () => {
    const broker = new MemoryBroker(1000);
    broker.subscribe({ patterns: ['>'], group: undefined, receive: () => true });
    const { reply } = broker.request(messageTo('ask'));
    await broker.close();
    await expect(reply).rejects.toThrow('the host is stopping');
  });

  test('of subscriptions that overlap one component gets one message', async () => {
    const broker = new MemoryBroker(1000);
    let count = 0;
    broker.subscribe({
      patterns: ['a.*', 'a.>', 'a.b'],
      group: undefined,
      receive() {
        count += 1;
        return true;
      },
    });
    await broker.publish(messageTo('a.b'));
    expect(count).toBe(1);
  });
});

test('what a component says of its messages is read as wash reads it, and what is wrong is told', () => {
  const told: string[] = [];
  const rules = (config: Readonly<Record<string, string>>) =>
    handlerRules(config, 'own', 32, (text) => told.push(text));
  expect(rules({})).toEqual({ subscriptions: [], group: 'own', inFlight: 32, longestWait: 30_000 });
  expect(
    rules({ subscriptions: ' a.> , b,, a.>', consumer_group: 'g', max_in_flight: '4', admission_wait: '2m' }),
  ).toEqual({ subscriptions: ['a.>', 'b'], group: 'g', inFlight: 4, longestWait: 120_000 });
  expect(rules({ consumer_group: 'broadcast', max_in_flight: '0', admission_wait: '45' })).toMatchObject({
    group: undefined,
    inFlight: 32,
    longestWait: 45_000,
  });
  expect(told).toEqual([]);
  expect(
    rules({ subscriptions: 'a..b', consumer_group: 'a b', max_in_flight: '99', admission_wait: '1h' }),
  ).toEqual({ subscriptions: [], group: 'own', inFlight: 32, longestWait: 600_000 });
  expect(rules({ max_in_flight: 'many', admission_wait: 'soon' })).toMatchObject({
    inFlight: 32,
    longestWait: 30_000,
  });
  expect(told.map((text) => text.split(/[ ,;]/)[0])).toEqual([
    'subscriptions',
    'consumer_group',
    'max_in_flight',
    'admission_wait',
    'max_in_flight',
    'admission_wait',
  ]);
});

test('a broker is named by a word, a URL, or the configuration of a host interface', () => {
  expect(parseBroker('in_memory')).toEqual({ value: { kind: 'in_memory' } });
  expect(parseBroker('nats', 'nats://a:1')).toEqual({ value: { kind: 'nats', url: 'nats://a:1' } });
  expect(parseBroker('tls://b')).toEqual({ value: { kind: 'nats', url: 'tls://b' } });
  expect(parseBroker('redis://b')).toMatchObject({ expected: 'in_memory, nats or a nats:// URL' });
  expect(brokerOfConfig({})).toBeUndefined();
  expect(brokerOfConfig({ backend: 'nats', url: 'nats://c' })).toEqual({
    value: { kind: 'nats', url: 'nats://c' },
  });
  expect(brokerOfConfig({ backend: 'in-memory' })).toEqual({ value: { kind: 'in_memory' } });
  expect(brokerOfConfig({ backend: 'kafka' })).toHaveProperty('expected');
  expect(formatBroker({ kind: 'nats', url: 'nats://me:secret@host' })).not.toContain('secret');
});
