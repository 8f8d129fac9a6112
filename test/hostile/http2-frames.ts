import type { Random } from './random.ts';

/** Types of frames (RFC 9113, 6), and one that nobody knows. */
const types = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goAway: 7,
  window: 8,
  continuation: 9,
  unknown: 0x2a,
} as const;
const [endStream, endHeaders, padded, withPriority] = [0x1, 0x4, 0x8, 0x20];

export const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream >>> 0, 5);
  return Buffer.concat([head, payload]);
}

/** A header that is not compressed (RFC 7541, 6.2.2). */
function literal(name: string, value: string): Buffer {
  const text = (given: string): Buffer => {
    const bytes = Buffer.from(given, 'latin1').subarray(0, 126);
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  };
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

/** A request that is right: `GET /` over HTTP. */
const rightHead = Buffer.concat([Buffer.from([0x82, 0x86, 0x84]), literal(':authority', 'a')]);

const oddNames = [
  ':path',
  ':method',
  ':scheme',
  ':status',
  'Host',
  'host',
  'connection',
  'te',
  '',
  'x y',
  'cookie',
];
const oddNames2 = ['transfer-encoding', 'content-length', 'expect', 'x-\u00ff'];
const oddValues = [
  '',
  ' ',
  '\0',
  '\r\n',
  '/',
  '*',
  'http',
  'CONNECT',
  'chunked',
  '-1',
  '99999999999999999999',
];

function oddHead(random: Random): Buffer {
  const parts: Buffer[] = [];
  if (random.chance(0.6)) parts.push(rightHead);
  for (let count = random.below(6); count > 0; count -= 1) {
    parts.push(literal(random.pick([...oddNames, ...oddNames2]), random.pick(oddValues)));
  }
  if (random.chance(0.2)) parts.push(bytes(random, random.below(64)));
  return Buffer.concat(parts);
}

function bytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}

/** What a hostile client sends over a connection, behind the preface or something like it. */
export function hostileFrames(random: Random): Buffer {
  const parts: Buffer[] = [
    Buffer.from(random.chance(0.95) ? preface : preface.slice(0, random.below(24)), 'latin1'),
  ];
  if (random.chance(0.9)) parts.push(frame(types.settings, 0, 0, Buffer.alloc(0)));
  const streams = [1, 1, 3, 5, 7, 2, 0, 0x7fff_ffff, 101];
  for (let count = random.between(1, 40); count > 0; count -= 1) {
    const stream = random.pick(streams);
    const flags = random.chance(0.5) ? random.pick([0, endStream, endHeaders, 5]) : random.below(256);
    const repeated = random.chance(0.1) ? random.between(2, 300) : 1;
    const made = oneFrame(random, stream, flags);
    for (let again = 0; again < repeated; again += 1) parts.push(made);
  }
  const all = Buffer.concat(parts);
  return random.chance(0.2) ? all.subarray(0, random.below(all.length)) : all;
}

function oneFrame(random: Random, stream: number, flags: number): Buffer {
  const kind = random.pick(Object.keys(types) as (keyof typeof types)[]);
  const type = types[kind];
  switch (kind) {
    case 'headers':
      return frame(
        type,
        random.chance(0.7) ? endHeaders | (flags & endStream) : flags,
        stream,
        oddHead(random),
      );
    case 'continuation':
      return frame(type, flags, stream, oddHead(random));
    case 'data':
      return frame(type, flags & (endStream | padded), stream, bytes(random, random.below(2000)));
    case 'settings': {
      const entry = Buffer.alloc(6);
      entry.writeUInt16BE(random.below(10), 0);
      entry.writeUInt32BE(random.pick([0, 1, 0xff, 0x7fff_ffff, 0xffff_ffff]), 2);
      return frame(type, flags & 1, 0, Buffer.concat(Array.from({ length: random.below(40) }, () => entry)));
    }
    case 'window':
      return frame(
        type,
        0,
        stream,
        Buffer.from([random.pick([0, 0x7f]), 0xff, 0xff, random.pick([0, 0xff])]),
      );
    case 'priority':
      return frame(type, flags & withPriority, stream, Buffer.from([0, 0, 0, stream & 0xff, 0]));
    case 'ping':
      return frame(type, flags & 1, random.pick([0, stream]), bytes(random, random.pick([8, 8, 8, 7, 0])));
    case 'reset':
      return frame(type, 0, stream, bytes(random, random.pick([4, 4, 4, 3])));
    case 'goAway':
    case 'push':
    case 'unknown':
      return frame(type, flags, stream, bytes(random, random.below(40)));
  }
}
