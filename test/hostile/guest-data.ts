import type { Random } from './random.ts';

/** Names of fields that mean something to somebody on the way. */
const fieldNames = [
  ...['trailer', 'content-length', 'transfer-encoding', 'connection', 'date', 'expect', 'host', 'upgrade'],
  ...['keep-alive', 'te', 'server', 'set-cookie', 'cookie', 'content-type', 'content-encoding', 'location'],
  ...['x-a', 'X-A', 'X-a', 'vary', 'etag', 'age', 'allow', 'www-authenticate', 'proxy-connection', 'status'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'http2-settings',
    'sec-websocket-accept',
    ':status',
  ],
] as const;
const oddNames = ['', ' ', 'a b', 'a:b', 'a\r\nb', '\0', 'é', '(x)', 'x'.repeat(300), '"'] as const;
const fieldValues = [
  ...['', ' ', '0', '1', '5', '-1', 'abc', '5, 5', '18446744073709551616', 'chunked', 'close', 'keep-alive'],
  ...[
    '100-continue',
    'x-sum',
    'a\r\nb: c',
    'a\nb',
    'a\0b',
    '\t',
    ' a ',
    'gzip',
    'text/plain',
    'NaN',
    '1e3',
    '0x10',
  ],
] as const;
const keys = [
  ...[
    '',
    '.',
    '..',
    '/',
    'a/b',
    'a:b',
    ':',
    '*',
    '\0',
    '\n',
    '\x1b[2J',
    'é',
    '\ud83d\ude00',
    '__proto__',
    ' ',
  ],
  ...['a', 'b', 'c', 'counter', 'k'.repeat(1000), 'CON', 'a%2fb', '~', '..\\', '{', '_', '-'],
] as const;
const buckets = ['default', '', 'a', 'b', '../x', 'in_memory', 'nats', '\0', 'x'.repeat(200)] as const;
const outputs = [
  ...['a line\n', 'no end', '\n\n\n', '\r', '\x1b]52;c;aGk=\x07', '\x1b[31mred\x1b[0m', 'é'.repeat(2000)],
  ...['\0\0', '[improvise] \r', '\x9b2J', '\t', '\x7f'],
] as const;

/** Text as the component's programs have it. */
export function hex(text: string, encoding: 'utf8' | 'latin1' = 'utf8'): string {
  return Buffer.from(text, encoding).toString('hex');
}

export function fieldName(random: Random, token: string): string {
  if (random.chance(0.1)) return hex(random.pick(oddNames));
  if (random.chance(0.02)) return bytes(random);
  return hex(random.chance(0.3) ? `x-${token.toLowerCase()}` : random.pick(fieldNames));
}

export function fieldValue(random: Random, token: string): string {
  if (random.chance(0.4)) return hex(token);
  if (random.chance(0.02)) return `${hex('v')}*${random.pick([1000, 20_000, 100_000])}`;
  return random.chance(0.15) ? bytes(random) : hex(random.pick(fieldValues));
}

/** A part of a body: the token of the exchange, or nearly anything. */
export function content(random: Random, token: string): string {
  if (random.chance(0.4)) return hex(`${token}\n`);
  if (random.chance(0.2))
    return `${hex('w')}*${random.pick([0, 1, 4095, 4096, 4097, 65_535, 65_536, 65_537, 300_000])}`;
  return random.chance(0.5) ? bytes(random) : hex('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
}

export function key(random: Random): string {
  return random.chance(0.03) ? bytes(random) : hex(random.pick(keys));
}

export function bucketName(random: Random): string {
  return random.chance(0.02) ? bytes(random) : hex(random.pick(buckets));
}

export function output(random: Random): string {
  return random.chance(0.2) ? bytes(random) : hex(random.pick(outputs));
}

/** Any bytes, few of them. */
export function bytes(random: Random): string {
  return Array.from({ length: random.below(12) }, () => random.below(256).toString(16).padStart(2, '0')).join(
    '',
  );
}

/** Numbers at which mistakes are made, for a u64. */
export function u64(random: Random): string {
  return random.pick([
    '0',
    '1',
    '2',
    '4096',
    '65536',
    '65537',
    '1048576',
    '4294967295',
    '4294967296',
    '9007199254740993',
    '9223372036854775808',
    '18446744073709551615',
  ]);
}
