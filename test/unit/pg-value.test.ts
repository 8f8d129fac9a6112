import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  caseOf,
  type PgValue,
  pgValueCases,
  readerFor,
  writeParameter,
} from '../../host/interfaces/postgres/values/pg-value.ts';
import { samplesOf } from '../support/pg-values.ts';

const wit = (version: string) =>
  readFile(new URL(`../../wit/wasmcloud-postgres@${version}/package.wit`, import.meta.url), 'utf8');

/** The cases of `pg-value` that a WIT has. */
function casesOf(text: string): string[] {
  const variant = /variant pg-value \{([\s\S]*?)\n {2}\}/.exec(text)?.[1] ?? '';
  return Array.from(variant.matchAll(/^ {4}%?([a-z\d-]+)(?:\(|,)/gm), ([, name = '']) => name);
}

test.each(['0.1.1-draft', '0.2.0'])(
  '%s: every case of the WIT is written and read, and no other',
  async (version) => {
    const cases = casesOf(await wit(version));
    expect(cases).toHaveLength(97);
    expect([...pgValueCases].sort()).toEqual(cases.sort());
  },
);

describe('without a server', () => {
  test.each(pgValueCases.filter((name) => name !== 'null'))('%s is read as it was written', (name) => {
    const samples = samplesOf(name);
    expect(samples.length).toBeGreaterThan(0);
    // What the server writes otherwise than it was given is tested with one.
    const own = [
      'money',
      'money-array',
      'box-array',
      'line',
      'line-array',
      'timestamp-tz',
      'timestamp-tz-array',
      'time-tz',
      'time-tz-array',
      'varchar',
      'varchar-array',
      'varbit',
      'bit-varying',
      'varbit-array',
    ];
    if (own.includes(name)) return;
    for (const val of samples) {
      const text = writeParameter({ tag: name, val });
      expect(readerFor(name)(text ?? '')).toEqual({ tag: name, val });
    }
  });

  test('any float is composed of its parts, and decomposed', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const decomposed = readerFor('float8')(Object.is(value, -0) ? '-0' : String(value));
        expect(Number(writeParameter(decomposed))).toBe(value);
      }),
    );
    const float = (text: string): unknown => readerFor('float8')(text).val;
    // As Rust's num-traits has them.
    expect(float('1')).toEqual([2n ** 52n, -52, 1]);
    expect(float('-Infinity')).toEqual([2n ** 52n, 972, -1]);
    expect(float('0')).toEqual([0n, -1075, 1]);
    expect(readerFor('float4')('1').val).toEqual([2n ** 23n, -23, 1]);
  });

  test('any list of texts is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        const text = writeParameter({ tag: 'text-array', val: texts });
        expect(readerFor('text-array')(text ?? '')).toEqual({ tag: 'text-array', val: texts });
      }),
    );
  });

  test('a moment is told in UTC, whatever zone the server writes it in', () => {
    const read = (text: string): unknown => {
      const { val } = readerFor('timestamp-tz')(text) as {
        val: { timestamp: { date: { val: number[] }; time: { hour: number; min: number } } };
      };
      return [...val.timestamp.date.val, val.timestamp.time.hour, val.timestamp.time.min];
    };
    expect(read('2024-03-01 00:30:00+01')).toEqual([2024, 2, 29, 23, 30]);
    expect(read('2023-12-31 20:00:00-05:30')).toEqual([2024, 1, 1, 1, 30]);
    expect(read('0001-01-01 00:00:00+00:00:28 BC')).toEqual([-1, 12, 31, 23, 59]);
  });

  test.each<[PgValue, RegExp]>([
    [{ tag: 'char', val: [3, new Uint8Array([65])] }, /1 bytes and says that it has 3/],
    [{ tag: 'varchar', val: [1, new Uint8Array([65, 66])] }, /at most 1/],
    [{ tag: 'varchar', val: [undefined, new Uint8Array([0xff])] }, /no text in UTF-8/],
    [{ tag: 'bit', val: [9, new Uint8Array([1])] }, /9 bits are not in 1 bytes/],
    [{ tag: 'polygon', val: [] }, /no points/],
  ])('%j is no parameter', (value, message) => {
    expect(() => writeParameter(value)).toThrow(message);
  });

  test.each([
    ['int4-array', '{1,NULL}', /a null in it/],
    ['int4-array', '{{1},{2}}', /several dimensions/],
    ['int4-array', '[2:3]={1,2}', /first index is not 1/],
    ['interval', 'empty', /empty range/],
  ])('%s: what no value of the guest is, is told: %s', (name, text, message) => {
    expect(() => readerFor(name)(text)).toThrow(message);
  });

  test('types without a case have none', () => {
    expect([26, 1186, 3904].map(caseOf)).toEqual([undefined, undefined, undefined]);
  });
});
