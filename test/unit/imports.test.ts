import { describe, expect, test } from 'vitest';
import type { PrimitiveKind, WitType } from '../../host/engine/decode/wit-type.ts';
import { checkedValue } from '../../host/interfaces/imports/checked-value.ts';
import { moduleFor, parseImportName } from '../../host/interfaces/imports/imported-module.ts';

const of = (kind: PrimitiveKind): WitType => ({ kind });
const check = (type: WitType, value: unknown): unknown => checkedValue(type, value, 'answer', () => 7);
const why = (type: WitType, value: unknown): string => {
  try {
    return `no complaint about ${String(check(type, value))}`;
  } catch (error) {
    return String((error as Error).message);
  }
};

describe('what a module answers', () => {
  test.each<[WitType, unknown]>([
    [of('bool'), false],
    [of('u8'), 255],
    [of('s8'), -128],
    [of('u32'), 4_294_967_295],
    [of('u64'), 18_446_744_073_709_551_615n],
    [of('s64'), -9_223_372_036_854_775_808n],
    [of('f64'), Number.NaN],
    [of('char'), '🦀'],
    [of('string'), ''],
    [{ kind: 'list', of: of('u8') }, Uint8Array.of(1, 2)],
    [{ kind: 'list', of: of('string') }, ['a']],
    [{ kind: 'tuple', of: [of('u8'), of('string')] }, [1, 'a']],
    [
      { kind: 'option', of: { kind: 'option', of: of('u8') } },
      { tag: 'some', val: undefined },
    ],
    [
      { kind: 'result', ok: undefined, err: of('string') },
      { tag: 'err', val: 'no' },
    ],
    [{ kind: 'enum', names: ['a', 'b'] }, 'b'],
  ])('is taken as it is: %j', (type, value) => {
    expect(check(type, value)).toEqual(value);
  });

  test('is put into the shape that is lowered', () => {
    expect(check({ kind: 'list', of: of('u8') }, [1, 2])).toEqual(Uint8Array.of(1, 2));
    expect(check({ kind: 'list', of: of('u8') }, Buffer.from('a'))).toEqual(Uint8Array.of(97));
    expect(check({ kind: 'list', of: of('u32') }, Uint32Array.of(5))).toEqual([5]);
    expect(check({ kind: 'map', key: of('string'), value: of('u8') }, new Map([['a', 1]]))).toEqual([
      ['a', 1],
    ]);
    expect(check({ kind: 'option', of: of('u8') }, null)).toBe(undefined);
    expect(check({ kind: 'flags', names: ['read-only'] }, { readOnly: true })).toEqual({ readOnly: true });
    const record: WitType = { kind: 'record', fields: [{ name: 'max-age', type: of('u8') }] };
    expect(check(record, { maxAge: 3, more: () => {} })).toEqual({ maxAge: 3 });
    expect(check({ kind: 'list', of: { kind: 'own', resource: { kind: 'resource' } } }, [{}])).toEqual([7]);
  });

  test.each<[WitType, unknown, string]>([
    [of('u8'), 256, 'answer is 256, a number. Expected a whole number from 0 to 255 (u8)'],
    [of('s32'), 1.5, 'answer is 1.5, a number. Expected a whole number from -2147483648 to 2147483647 (s32)'],
    [of('u64'), 1, 'answer is 1, a number. Expected a bigint from 0n to 18446744073709551615n (u64)'],
    [of('u64'), -1n, 'answer is -1n, a bigint. Expected a bigint from 0n to 18446744073709551615n (u64)'],
    [of('bool'), 'true', 'answer is "true". Expected true or false (bool)'],
    [of('char'), 'ab', 'answer is "ab". Expected text of one character (char)'],
    [of('char'), '\ud800', 'Expected text of one character (char)'],
    [
      of('string'),
      Promise.resolve(''),
      'answer is a promise, which has to be awaited. Expected text (string)',
    ],
    [{ kind: 'list', of: of('u8') }, 'text', 'answer is "text". Expected a Uint8Array (list<u8>)'],
    [{ kind: 'list', of: of('string') }, ['a', 2], 'answer[1] is 2, a number. Expected text (string)'],
    [{ kind: 'list', of: of('u8'), length: 2 }, [1], 'answer has 1 entries. Expected 2'],
    [{ kind: 'tuple', of: [of('u8')] }, [], 'answer is a list. Expected a list of 1 (tuple<u8>)'],
    [
      { kind: 'record', fields: [{ name: 'a-b', type: of('u8') }] },
      {},
      'answer.aB is undefined. Expected a whole number',
    ],
    [
      { kind: 'enum', names: ['declined'] },
      'decline',
      'answer is "decline". Expected "declined". Did you mean declined?',
    ],
    [
      { kind: 'flags', names: ['read'] },
      { reed: true },
      'answer has the flag reed, which there is not. Did you mean read?',
    ],
    [{ kind: 'flags', names: ['read'] }, { read: 1 }, 'answer.read is 1, a number. Expected true or false'],
    [
      { kind: 'variant', cases: [{ name: 'a', type: of('u8') }] },
      { tag: 'a' },
      'answer.val is undefined. Expected a whole number',
    ],
    [
      { kind: 'variant', cases: [{ name: 'a', type: undefined }] },
      'a',
      'answer is "a". Expected { tag } or { tag, val }',
    ],
    [
      { kind: 'result', ok: undefined, err: undefined },
      undefined,
      "answer is undefined. Expected { tag: 'ok', val } or { tag: 'err', val } (result)",
    ],
  ])('is refused where it is none of the type: %j', (type, value, message) => {
    expect(why(type, value)).toContain(message);
  });

  test('is refused where it lies in itself', () => {
    const inner: { kind: 'option'; of: WitType } = { kind: 'option', of: of('u8') };
    const type: WitType = { kind: 'list', of: inner };
    inner.of = type;
    const value: unknown[] = [];
    value.push(value);
    expect(why(type, value)).toContain('lies more than 100 deep');
  });
});

test('names of imports', () => {
  for (const name of [
    'acme:payments/api',
    'acme:payments/api@1.0.0',
    'acme:deep:payments/api@0.1.0-rc.1',
    'cache',
  ])
    expect(parseImportName(name)).toEqual({ value: name });
  for (const name of [
    '',
    'acme',
    'acme payments',
    'acme:payments',
    'acme:payments/',
    '/api',
    'acme:payments/api@',
    '../x',
  ])
    if (name !== 'acme') expect(parseImportName(name), name).toHaveProperty('expected');
});

test('the module that names the label or the version goes first', () => {
  const modules = ['acme:payments/api', 'acme:payments/api@2.0.0', 'cache'].map((name) => ({
    name,
    place: '',
  }));
  const named = (name: string, label?: string): string | undefined =>
    moduleFor({ name, ...(label === undefined ? {} : { label }) }, modules)?.name;
  expect(named('acme:payments/api@1.0.0')).toBe('acme:payments/api');
  expect(named('acme:payments/api@2.0.0')).toBe('acme:payments/api@2.0.0');
  expect(named('acme:payments/api@2.0.0', 'cache')).toBe('cache');
  expect(named('acme:payments/apis@2.0.0')).toBe(undefined);
});
