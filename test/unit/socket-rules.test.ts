import { expect, test } from 'vitest';
import { allowsName, domainOf, parseAllowedName } from '../../host/interfaces/sockets/allowed-names.ts';
import { type Endpoint, ipText, parseIp } from '../../host/interfaces/sockets/ip-address.ts';
import { PortTable } from '../../host/interfaces/sockets/port-table.ts';
import { parsePublished } from '../../host/interfaces/sockets/published-port.ts';
import { giveBackAll, Quota, quotaBuffer } from '../../host/interfaces/sockets/quota.ts';
import { SocketPolicy, type SocketRules } from '../../host/interfaces/sockets/socket-policy.ts';

test.for([
  '0.0.0.0',
  '255.1.2.3',
  '::',
  '::1',
  '2001:db8::8:800:200c:417a',
  'fe80::1:0:0:1',
  '1:2:3:4:5:6:7:8',
  '::ffff:a00:1',
  '1::8',
])('%s is read and written alike', (text) => {
  const ip = parseIp(text);
  expect(ip === undefined ? undefined : ipText(ip)).toBe(text);
});

test('addresses in other forms are read, and what is none is not', () => {
  expect(ipText(parseIp('::FFFF:10.0.0.1') ?? { family: 'ipv4', parts: [] })).toBe('::ffff:a00:1');
  expect(ipText(parseIp('fe80::1%eth0') ?? { family: 'ipv4', parts: [] })).toBe('fe80::1');
  for (const none of [
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4.5',
    ':::',
    '1:2',
    '1::2::3',
    '12345::',
    'a',
    '',
  ])
    expect(parseIp(none), none).toBeUndefined();
});

test('names are looked up where an entry allows them, as wash has it', () => {
  const entries = ['example.com', '*.internal', '127.0.0.1', '::1'].map((text) => {
    const parsed = parseAllowedName(text);
    return 'value' in parsed ? parsed.value : '';
  });
  const allows = (name: string) => allowsName(entries, domainOf(name) ?? '?');
  expect(
    ['EXAMPLE.com', 'example.com.', 'db.internal', 'a.b.internal', '127.0.0.1', '0:0::1'].map(allows),
  ).toEqual(Array(6).fill(true));
  expect(['a.example.com', 'internal', 'notinternal', '127.0.0.2', 'evil.com'].map(allows)).toEqual(
    Array(5).fill(false),
  );
  expect(allowsName([], 'example.com')).toBe(false);
  expect(domainOf('bücher.example')).toBe('xn--bcher-kva.example');
  for (const wrong of ['', '*foo', '*.1.2.3.4', 'https://a', 'a:80', 'a/b', 'a b', '256.0.0.1', '-a.b'])
    expect(parseAllowedName(wrong), wrong).toHaveProperty('expected');
});

function plane(
  address: string,
  port: number,
  rules: Partial<SocketRules> = {},
  protocol: 'tcp' | 'udp' = 'tcp',
) {
  const ip = parseIp(address);
  if (ip === undefined) throw new Error(`${address} is no address`);
  const policy = new SocketPolicy({ allowedHosts: [], allowedNames: [], loopbackPorts: [], ...rules });
  return policy.destination({ ip, port } satisfies Endpoint, protocol).plane;
}

test('without rules only the private loopback is reached', () => {
  expect(plane('127.0.0.1', 80)).toBe('private');
  expect(plane('127.1.2.3', 80)).toBe('private');
  expect(plane('::1', 80)).toBe('private');
  expect(plane('10.0.0.1', 80)).toBe('denied');
  expect(plane('127.255.255.254', 80)).toBe('denied');
});

test('the machine itself is reached by its ports, one by one', () => {
  const rules = { loopbackPorts: [{ port: 80, protocol: 'tcp' }] } as const;
  expect(plane('127.255.255.254', 80, rules)).toBe('host');
  expect(plane('127.255.255.254', 80, rules, 'udp')).toBe('denied');
  expect(plane('127.255.255.254', 81, { ...rules, allowedHosts: 'all' })).toBe('denied');
});

test('others are reached where allowedHosts names their addresses, or all', () => {
  const allowedHosts = [
    '10.0.0.1',
    'https://10.0.0.2:8443/',
    '[2001:4860::1]:53',
    '*.example.com',
    'example.com',
  ];
  expect(plane('10.0.0.1', 1, { allowedHosts })).toBe('host');
  expect(plane('10.0.0.2', 8443, { allowedHosts })).toBe('host');
  expect(plane('10.0.0.2', 443, { allowedHosts })).toBe('denied');
  expect(plane('2001:4860::1', 53, { allowedHosts }, 'udp')).toBe('host');
  expect(plane('10.0.0.3', 1, { allowedHosts })).toBe('denied');
  expect(plane('10.0.0.3', 1, { allowedHosts: 'all' })).toBe('host');
});

test.for([
  '169.254.169.254',
  'fd00:ec2::254',
  'fe80::1',
  '224.0.0.1',
  '255.255.255.255',
  '0.1.2.3',
  'ff02::1',
])('%s is no ordinary host, and denied even where all are allowed', (address) => {
  expect(plane(address, 80, { allowedHosts: 'all' })).toBe('denied');
});

test('a port has one owner, until it is given back or the owner ends', () => {
  const [one, other] = [new PortTable(), new PortTable()];
  const shared = new PortTable(one.buffer);
  expect(one.take(0, 80, 1)).toBe(80);
  expect(shared.take(0, 80, 2)).toBeUndefined();
  expect(shared.take(1, 80, 2)).toBe(80);
  expect(other.take(0, 80, 2)).toBe(80);
  shared.give(0, 80, 2);
  expect(shared.take(0, 80, 2)).toBeUndefined();
  one.giveAll(1);
  expect(shared.take(0, 80, 2)).toBe(80);
  const free = one.take(2, 0, 1) ?? 0;
  expect(free).toBeGreaterThanOrEqual(49_152);
});

test('connections are counted for all workers, and not for one that has ended', () => {
  const totals = quotaBuffer();
  const own = [quotaBuffer(), quotaBuffer()] as const;
  const [one, other] = own.map((buffer) => new Quota(totals, buffer, { outbound: 2, inbound: 1 }));
  const giveBack = one?.take('outbound');
  expect(other?.take('outbound')).toBeDefined();
  expect(one?.take('outbound')).toBeUndefined();
  expect(one?.take('inbound')).toBeDefined();
  giveBack?.();
  giveBack?.();
  expect(one?.take('outbound')).toBeDefined();
  expect(other?.take('outbound')).toBeUndefined();
  giveBackAll(totals, own[0]);
  expect(other?.take('outbound')).toBeDefined();
  expect(other?.take('inbound')).toBeDefined();
});

test('a port is published under its number or another one', () => {
  expect(parsePublished('8080')).toEqual({ value: { publish: 8080, port: 8080, protocol: 'tcp' } });
  expect(parsePublished('8080:7777')).toEqual({ value: { publish: 8080, port: 7777, protocol: 'tcp' } });
  expect(parsePublished('5353/udp')).toEqual({ value: { publish: 5353, port: 5353, protocol: 'udp' } });
  for (const wrong of ['', '0', '65536', '80:0', 'a', '80/sctp', '1:2:3'])
    expect(parsePublished(wrong)).toHaveProperty('expected');
});
