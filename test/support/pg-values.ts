/** A float in its parts, as `hashable-f64` has it. */
const one = [2n ** 52n, -52, 1] as const;
const minusHalf = [2n ** 52n, -53, -1] as const;
const pi = [7074237752028440n, -51, 1] as const;
const point = [one, minusHalf] as const;
const other = [pi, one] as const;
const clock = { hour: 23, min: 59, sec: 1, micro: 7 };
const day = { tag: 'ymd', val: [2024, 2, 29] } as const;
const early = { tag: 'ymd', val: [-43, 3, 15] } as const;
const late = { tag: 'ymd', val: [12_024, 12, 31] } as const;
const never = { tag: 'positive-infinity' } as const;
const utc = { tag: 'western-hemisphere-secs', val: 0 } as const;
const text = (words: string) => new TextEncoder().encode(words);
const bits = [11, new Uint8Array([0b10110011, 0b01000000])] as const;
const texts = ['', 'plain', `it's "quoted", {braced} \\ and\nlong ä 🦀`, 'NULL'];

/** Values of each case, as the server answers them where it is given them. */
const samples: Readonly<Record<string, readonly unknown[]>> = {
  'big-int': [0n, 2n ** 63n - 1n, -(2n ** 63n)],
  bool: [true, false],
  float8: [one, minusHalf, pi, [0n, -1075, 1], [2n ** 52n, 972, 1], [2n, -1075, -1]],
  float4: [
    [2n ** 23n, -23, 1],
    [13_176_795n, -22, -1],
    [2n ** 23n, 105, 1],
  ],
  int4: [0, 2 ** 31 - 1, -(2 ** 31)],
  int2: [0, 32_767, -32_768],
  numeric: ['0', '-12345678901234567890.123456789', 'NaN', 'Infinity'],
  serial: [0, 2 ** 31 - 1],
  'int2-vector': [[1, -2, 300], []],
  bit: [bits],
  'bit-varying': [bits],
  bytea: [new Uint8Array(), new Uint8Array([0, 1, 92, 255])],
  char: [[3, text('aä')]],
  varchar: [[undefined, text('it is "text" ä')]],
  cidr: ['10.0.0.0/8', '2001:db8::/32'],
  inet: ['192.168.0.1', '10.1.2.3/8', '::1'],
  macaddr: [{ bytes: [8, 0, 43, 1, 2, 255] }],
  macaddr8: [{ bytes: [8, 0, 43, 1, 2, 3, 4, 255] }],
  box: [[minusHalf, one].map((x) => [x, x])],
  circle: [[point, pi]],
  line: [
    [
      [[0n, -1075, 1], one],
      [one, [2n ** 52n, -51, 1]],
    ],
  ],
  lseg: [[point, other]],
  path: [[point, other, point]],
  point: [point],
  polygon: [[point, other, point]],
  date: [day, early, late, never, { tag: 'negative-infinity' }],
  interval: [
    { start: day, startInclusive: true, end: late, endInclusive: false },
    { start: { tag: 'negative-infinity' }, startInclusive: false, end: day, endInclusive: false },
    { start: day, startInclusive: true, end: never, endInclusive: false },
  ],
  time: [clock, { hour: 0, min: 0, sec: 0, micro: 0 }, { hour: 24, min: 0, sec: 0, micro: 0 }],
  'time-tz': [
    { timesonze: '-03', time: clock },
    { timesonze: '+05:30', time: clock },
  ],
  timestamp: [
    { date: day, time: clock },
    { date: early, time: clock },
    { date: never, time: { hour: 0, min: 0, sec: 0, micro: 0 } },
  ],
  'timestamp-tz': [
    { timestamp: { date: day, time: clock }, offset: utc },
    { timestamp: { date: early, time: clock }, offset: utc },
  ],
  json: ['{"b": 1,  "a": [null, "x"]}', 'null'],
  jsonb: ['{"a": 1, "b": [null, "x"]}'],
  money: ['1234.56', '-0.05'],
  'pg-lsn': [0n, 2n ** 64n - 1n, 0x16_b374_d848n],
  'pg-snapshot': [
    [10n, 20n, [10n, 14n, 15n]],
    [795n, 799n, []],
  ],
  'txid-snapshot': [0n, 2n ** 62n],
  name: ['a name'],
  text: texts,
  xml: ['<a b="c">d</a>'],
  'ts-query': ["'fat' & 'rat'"],
  'ts-vector': [
    [
      { data: "it's", position: undefined, weight: undefined },
      { data: 'word', position: 2, weight: 'A' },
      { data: 'word', position: 7, weight: 'D' },
    ],
  ],
  uuid: ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  hstore: [
    [
      ['a', '1'],
      ['z', 'NULL'],
      ['key "q" \\', undefined],
    ],
    [],
  ],
};

/** The cases that are other names of one. */
const others: Readonly<Record<string, string>> = {
  int8: 'big-int',
  'big-serial': 'big-int',
  serial8: 'big-int',
  boolean: 'bool',
  double: 'float8',
  real: 'float4',
  integer: 'int4',
  int: 'int4',
  decimal: 'numeric',
  serial4: 'serial',
  'small-int': 'int2',
  'small-serial': 'int2',
  serial2: 'int2',
  varbit: 'bit-varying',
};

/** Some values of a case. */
export function samplesOf(name: string): readonly unknown[] {
  const own = samples[others[name] ?? name];
  if (own !== undefined) return own;
  const element = name.replace(/-array$/, '');
  const elements = samples[others[element] ?? element] ?? [];
  return elements.length === 0 ? [] : [elements, []];
}
