import type { Random } from './random.ts';

const insertedBytes = [
  '\0',
  '\r',
  '\n',
  '\r\n',
  '\t',
  ' ',
  '\x7f',
  '\xff',
  '\x80',
  ':',
  ';',
  ',',
  '-',
  '+',
  '0',
  '\x0b',
  '"',
  '#',
  '%',
  'a',
] as const;
const insertedLines = [
  ...[
    'Content-Length: 0',
    'Content-Length: 5',
    'Content-Length: 999',
    'Content-Length: -1',
    'Content-Length: 0x5',
  ],
  ...[
    'Content-Length: 5, 5',
    'Content-Length:',
    'Content-Length : 5',
    ' Content-Length: 5',
    'Content_Length: 5',
  ],
  ...[
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip',
    'Transfer-Encoding: chunked, identity',
    'TRANSFER-ENCODING: Chunked',
  ],
  ...[
    'Transfer-Encoding : chunked',
    'Transfer-Encoding: "chunked"',
    'Transfer-Encoding:\tchunked',
    'Transfer-Encoding: xchunked',
    'Transfer-Encoding: chunked;q=1',
  ],
  ...[
    'Host: other',
    'Host: a b',
    'Host:',
    'Host: [::1]:80',
    'Host: a:b',
    'Connection: close',
    'Connection: keep-alive, close',
  ],
  ...[
    'Connection: transfer-encoding',
    'Expect: 100-continue',
    'Expect: nothing',
    'Upgrade: x',
    'Trailer: Content-Length',
    'Keep-Alive: timeout=0',
  ],
  ...[
    ' folded',
    '\tfolded',
    ':',
    'no colon',
    'X: \r',
    `X: ${'y'.repeat(20_000)}`,
    'GET / HTTP/1.1',
    '0',
    '5',
    'ffffffffffffffff',
  ],
] as const;
const numbers = [
  '0',
  '1',
  '-1',
  '+1',
  '00',
  '1e1',
  '0x1',
  '4294967296',
  '9007199254740993',
  '18446744073709551616',
  '99999999999999999999999',
  '',
] as const;
const methods = ['CONNECT', 'get', 'PRI', 'GETT', 'G', 'M-SEARCH', 'HEAD', 'POST', 'QUERY'] as const;
const versions = [
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/0.9',
  'http/1.1',
  'HTTP/1.1 ',
  'HTTP/01.1',
  'HTTP/1.10',
  '',
] as const;

type Mutation = (text: string, random: Random) => string;

/** Replaces what lies between two places. */
function replace(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

function linewise(change: (lines: string[], at: number, random: Random) => void): Mutation {
  return (text, random) => {
    const lines = text.split('\r\n');
    change(lines, random.below(lines.length), random);
    return lines.join('\r\n');
  };
}

/** Replaces one of the places that match. */
function replaceOne(pattern: RegExp, by: (found: string, random: Random) => string): Mutation {
  return (text, random) => {
    const places = [...text.matchAll(pattern)];
    if (places.length === 0) return text;
    const { 0: found, index } = random.pick(places);
    return replace(text, index, index + found.length, by(found, random));
  };
}

const mutations: readonly Mutation[] = [
  (text, random) => {
    const at = random.below(text.length + 1);
    return replace(text, at, at, random.pick(insertedBytes));
  },
  (text, random) => {
    const at = random.below(text.length + 1);
    return replace(text, at, at + random.between(1, 4), '');
  },
  (text, random) => {
    const at = random.below(text.length + 1);
    return replace(text, at, at + 1, String.fromCharCode(random.below(256)));
  },
  (text, random) => {
    const from = random.below(text.length + 1);
    const part = text.slice(from, from + random.between(1, 60));
    return replace(text, from, from, part);
  },
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => {
    // Into the head, where most bytes mean something.
    const at = random.below(Math.min(text.length, 200) + 1);
    return replace(text, at, at, random.pick(insertedBytes));
  },
  linewise((lines, at) => lines.splice(at, 1)),
  linewise((lines, at) => lines.splice(at, 0, lines[at] ?? '')),
  linewise((lines, at, random) => lines.splice(random.below(lines.length), 0, ...lines.splice(at, 1))),
  linewise((lines, at, random) => lines.splice(at, 0, random.pick(insertedLines))),
  linewise((lines, _, random) => lines.splice(random.between(1, 2), 0, random.pick(insertedLines))),
  linewise((lines, _, random) => lines.splice(random.between(1, 2), 0, random.pick(insertedLines))),
  replaceOne(/\d+/g, (_, random) => random.pick(numbers)),
  replaceOne(/(?<=-Length: )\d+/g, (found, random) => String(Number(found) + random.between(-3, 3))),
  replaceOne(/(?<=\r\n)[\da-f]+(?=[;\r])/g, (found, random) =>
    (Number.parseInt(found, 16) + random.between(-2, 2)).toString(16),
  ),
  replaceOne(/\r\n/g, (_, random) => random.pick(['\n', '\r', '\r\r\n', '\n\r\n', ' \r\n', '\0\r\n'])),
  replaceOne(/^[A-Z]+(?= )/gm, (_, random) => random.pick(methods)),
  replaceOne(/HTTP\/1\.[01]/g, (_, random) => random.pick(versions)),
  replaceOne(/: /g, (_, random) => random.pick([':', ' : ', ':\t', ':\r\n ', ':\0'])),
  replaceOne(/ /g, (_, random) => random.pick(['  ', '\t', '', '\x0b', '\xa0'])),
];

/** The text with a few changes. */
export function mutate(text: string, random: Random): string {
  let mutated = text;
  for (let times = random.pick([1, 1, 1, 2, 3, 5]); times > 0; times -= 1)
    mutated = random.pick(mutations)(mutated, random);
  return mutated;
}
