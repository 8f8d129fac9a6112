import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PostgresGuest } from '../../host/interfaces/postgres/postgres-guest.ts';
import { type PgValue, pgValueCases } from '../../host/interfaces/postgres/values/pg-value.ts';
import { samplesOf } from '../support/pg-values.ts';
import { rawClient, urlOf } from '../support/postgres-client.ts';
import { guestOf } from '../support/postgres-guest.ts';
import { isInstalled, postgresServer, Server } from '../support/server.ts';

/** The type of a column for a case, and the case of what is read from it, where they are not called as the case is. */
const types: Readonly<Record<string, readonly [type: string, read?: string]>> = {
  'big-int': ['int8', 'int8'],
  'big-serial': ['int8', 'int8'],
  serial8: ['int8', 'int8'],
  boolean: ['bool', 'bool'],
  double: ['float8', 'float8'],
  real: ['float4', 'float4'],
  integer: ['int4', 'int4'],
  int: ['int4', 'int4'],
  decimal: ['numeric', 'numeric'],
  serial: ['int4', 'int4'],
  serial4: ['int4', 'int4'],
  'small-int': ['int2', 'int2'],
  'small-serial': ['int2', 'int2'],
  serial2: ['int2', 'int2'],
  'int2-vector': ['int2vector'],
  'int2-vector-array': ['int2vector[]'],
  bit: ['bit(11)'],
  'bit-array': ['bit(11)[]'],
  'bit-varying': ['varbit'],
  varbit: ['varbit', 'bit-varying'],
  char: ['bpchar'],
  'char-array': ['bpchar[]'],
  interval: ['daterange'],
  'interval-array': ['daterange[]'],
  'time-tz': ['timetz'],
  'time-tz-array': ['timetz[]'],
  'timestamp-tz': ['timestamptz'],
  'timestamp-tz-array': ['timestamptz[]'],
  'pg-lsn': ['pg_lsn'],
  'pg-lsn-array': ['pg_lsn[]'],
  'pg-snapshot': ['pg_snapshot'],
  'txid-snapshot': ['xid8'],
  'ts-query': ['tsquery'],
  'ts-vector': ['tsvector'],
};

describe.runIf(await isInstalled(postgresServer))('values of a real server', () => {
  let server: Server | undefined;
  let guest: PostgresGuest | undefined;
  beforeAll(async () => {
    server = await Server.start(postgresServer);
    await using sql = rawClient(server);
    await sql.unsafe('CREATE EXTENSION hstore');
    // Values are told the same whatever the database says of their texts.
    await sql.unsafe(`ALTER DATABASE postgres SET datestyle = 'German'`);
    await sql.unsafe(`ALTER DATABASE postgres SET timezone = 'Asia/Kolkata'`);
    await sql.unsafe(`ALTER DATABASE postgres SET bytea_output = 'escape'`);
    guest = guestOf(urlOf(server)).guest;
  });
  afterAll(async () => await server?.[Symbol.asyncDispose]());

  const sent = async (type: string, value: PgValue): Promise<PgValue | undefined> => {
    const answer = await guest?.query(`SELECT $1::${type} AS v`, [value]);
    return answer?.rows[0]?.[0];
  };

  test.each(pgValueCases)('%s goes there and comes back', async (name) => {
    const array = name.endsWith('-array') ? `${name.slice(0, -6)}[]` : name;
    const [type = array, read = name] = types[name] ?? [];
    if (name === 'null') {
      expect(await sent('text', { tag: name })).toEqual({ tag: 'null' });
      return;
    }
    for (const val of samplesOf(name))
      expect(await sent(type, { tag: name, val })).toEqual({ tag: read, val });
  });

  test.each([
    [`'x'::"char"`, { tag: 'char', val: [1, new Uint8Array([120])] }],
    [`ARRAY['x']::"char"[]`, { tag: 'char-array', val: [[1, new Uint8Array([120])]] }],
    [`'10:20:10,14'::txid_snapshot`, { tag: 'pg-snapshot', val: [10n, 20n, [10n, 14n]] }],
    [
      `'{2,0,-4}'::line`,
      {
        tag: 'line',
        val: [
          [
            [2n ** 52n, -51, 1],
            [0n, -1075, 1],
          ],
          [
            [2n ** 52n, -51, 1],
            [2n ** 52n, -52, 1],
          ],
        ],
      },
    ],
    [
      `'2024-03-01 00:30:00.5 Europe/Berlin'::timestamptz`,
      {
        tag: 'timestamp-tz',
        val: {
          timestamp: {
            date: { tag: 'ymd', val: [2024, 2, 29] },
            time: { hour: 23, min: 30, sec: 0, micro: 500_000 },
          },
          offset: { tag: 'western-hemisphere-secs', val: 0 },
        },
      },
    ],
    [`'mood'::information_schema.sql_identifier`, { tag: 'name', val: 'mood' }],
  ] as const)('%s is told', async (sql, value) => {
    const answer = await guest?.query(`SELECT ${sql}`, []);
    expect(answer?.rows[0]?.[0]).toEqual(value);
  });

  test('a moment with an offset is that moment', async () => {
    const date = { tag: 'ymd', val: [2024, 1, 1] } as const;
    const timestamp = { date, time: { hour: 1, min: 0, sec: 0, micro: 0 } };
    const offset = { tag: 'eastern-hemisphere-secs', val: 7200 };
    const answer = await guest?.query(`SELECT ($1::timestamptz AT TIME ZONE 'UTC')::text`, [
      { tag: 'timestamp-tz', val: { timestamp, offset } },
    ]);
    expect(answer?.rows[0]?.[0]?.val).toBe('2023-12-31 23:00:00');
  });

  test('a type that came later, and one that has no case', async () => {
    await guest?.batch(`CREATE TYPE mood AS ENUM ('sad', 'happy')`);
    await expect(guest?.query(`SELECT 'sad'::mood AS m`, [])).rejects.toThrow(
      /column "m" is of a type that pg-value has no case for .*m::text/,
    );
    expect((await guest?.query(`SELECT 'sad'::mood AS m`, []))?.rows).toEqual([
      [{ tag: 'text', val: 'sad' }],
    ]);
    await expect(guest?.query(`SELECT '1 day'::interval AS i`, [])).rejects.toThrow(
      /no case for \(1186 in pg_type\)/,
    );
    await expect(guest?.query(`SELECT ARRAY[1, NULL]`, [])).rejects.toThrow(/a null in it/);
  });

  const number = fc.double({ noNaN: true });
  const bytes = fc.uint8Array({ maxLength: 100 });
  const text = fc.string({ unit: 'binary' }).map((any) => any.replaceAll('\0', ''));
  const any: readonly (readonly [name: string, fc.Arbitrary<unknown>])[] = [
    ['int8', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
    ['int4', fc.integer()],
    ['text', text],
    ['text-array', fc.array(text, { maxLength: 5 })],
    ['bytea', bytes],
    ['bytea-array', fc.array(bytes, { maxLength: 5 })],
    ['bit-varying', fc.array(fc.boolean(), { maxLength: 40 }).map(bitsOf)],
    [
      'hstore',
      fc.uniqueArray(fc.tuple(text, fc.option(text, { nil: undefined })), {
        selector: ([key]) => key,
        maxLength: 4,
      }),
    ],
    ['uuid', fc.uuid()],
    ['pg-lsn', fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
  ];
  test.each(any)('any %s', async (name, values) => {
    const array = name.endsWith('-array') ? `${name.slice(0, -6)}[]` : name;
    const [type = array, read = name] = types[name] ?? [];
    await fc.assert(
      fc.asyncProperty(values, async (val) => {
        const answer = await sent(type, { tag: name, val });
        if (name === 'hstore') expect(sorted(answer?.val)).toEqual(sorted(val));
        else expect(answer).toEqual({ tag: read, val });
      }),
      { numRuns: 60 },
    );
  });

  test('any float8', async () => {
    await fc.assert(
      fc.asyncProperty(number, async (value) => {
        const answer = await guest?.query(`SELECT $1::float8, $1::float8 = '${value}'::float8`, [
          await asFloat(value),
        ]);
        expect(answer?.rows[0]).toEqual([await asFloat(value), { tag: 'bool', val: true }]);
      }),
      { numRuns: 60 },
    );
  });

  async function asFloat(value: number): Promise<PgValue> {
    const { readerFor } = await import('../../host/interfaces/postgres/values/pg-value.ts');
    return readerFor('float8')(Object.is(value, -0) ? '-0' : String(value));
  }
});

function bitsOf(bits: readonly boolean[]): unknown {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [at, isSet] of bits.entries())
    if (isSet) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (0x80 >> (at & 7));
  return [bits.length, bytes];
}

function sorted(pairs: unknown): unknown {
  return (pairs as [string, unknown][]).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
