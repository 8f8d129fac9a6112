import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WitType } from '../../host/engine/decode/wit-type.ts';
import { rounds } from '../support/rounds.ts';
import { Guest, sizeOf, spilled } from './guest.ts';
import { moreTypes, valuesOf } from './random-types.ts';

const padding = new Array<number>(17).fill(0);
const typesWithValues = moreTypes.chain((type) => valuesOf(type).map((value) => ({ type, value })));

test('what the host gives a guest comes back as it was', () => {
  fc.assert(
    fc.property(typesWithValues, ({ type, value }) => {
      const guest = new Guest();
      const whole = spilled(type);
      const give = guest.core({ isAsync: false, params: [], result: whole }, () => [value, ...padding]);
      let taken: unknown;
      const take = guest.core(
        { isAsync: false, params: [{ name: 'v', type: whole }], result: undefined },
        (given) => {
          taken = (given as unknown[])[0];
        },
      );
      give(64);
      take(64);
      expect(taken).toEqual(value);
    }),
    { numRuns: rounds.loweredTypes },
  );
});

test('nothing is written but the result and what the guest allocated for it', () => {
  fc.assert(
    fc.property(typesWithValues, ({ type, value }) => {
      const guest = new Guest();
      const whole = spilled(type);
      const before = new Uint8Array(guest.memory.buffer).fill(0xa5).slice();
      guest.core({ isAsync: false, params: [], result: whole }, () => [value, ...padding])(64);
      const after = new Uint8Array(guest.memory.buffer);
      const blocks = [...guest.blocks, { start: 64, end: 64 + sizeOf(whole) }];
      for (const [index, byte] of before.entries()) {
        if (after[index] === byte) continue;
        expect(blocks.some(({ start, end }) => index >= start && index < end)).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

test.for([
  ['u8', [[256 + 7], 7]],
  ['s8', [[0xff], -1]],
  ['u16', [[-1], 65535]],
  ['s16', [[0x8000], -32768]],
  ['u32', [[-1], 4294967295]],
  ['s32', [[-1], -1]],
  ['bool', [[2], true]],
  ['char', [[0x1f600], '😀']],
  ['u64', [[-1n], 2n ** 64n - 1n]],
  ['s64', [[-1n], -1n]],
] as const)('a flat %s is taken as the canonical ABI says', ([kind, [flats, expected]]) => {
  const guest = new Guest();
  let taken: unknown;
  const type = { isAsync: false, params: [{ name: 'v', type: { kind } as WitType }], result: undefined };
  guest.core(type, (value) => {
    taken = value;
  })(...flats);
  expect(taken).toBe(expected);
});

test('a list whose entries are all the same place is not copied without end', () => {
  const guest = new Guest();
  guest.memory.grow(8);
  const type: WitType = { kind: 'list', of: { kind: 'list', of: { kind: 'u8' } } };
  const take = guest.core(
    { isAsync: false, params: [{ name: 'v', type }], result: undefined },
    (lists) => (lists as unknown[]).length,
  );
  // Each entry is 256 KiB from the start of memory; 1023 of them are less than 256 MiB.
  const view = new DataView(guest.memory.buffer);
  for (let index = 0; index < 1100; index += 1) view.setUint32(8 * index + 4, 256 * 1024, true);
  take(0, 1000);
  expect(() => take(0, 1100)).toThrow(/the lists of one call bring more than 268435456 bytes/);
  expect(() => take(0, 2 ** 26)).toThrow(WebAssembly.RuntimeError);
  take(0, 1000);
});

test('cases of a variant share their flat parts', () => {
  const shape: WitType = {
    kind: 'variant',
    cases: [
      { name: 'nothing', type: undefined },
      { name: 'float', type: { kind: 'f32' } },
      { name: 'wide', type: { kind: 's64' } },
      { name: 'double', type: { kind: 'f64' } },
      { name: 'text', type: { kind: 'string' } },
    ],
  };
  const guest = new Guest();
  const taken: unknown[] = [];
  const type = { isAsync: false, params: [{ name: 'v', type: shape }], result: undefined };
  const take = guest.core(type, (value) => taken.push(value));
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat32(0, 1.5);
  const float = BigInt(bits.getInt32(0));
  bits.setFloat64(0, -2.25);
  new Uint8Array(guest.memory.buffer).set(new TextEncoder().encode('hello'), 100);
  take(0, 0n, 0);
  take(1, float, 0);
  take(2, -5n, 0);
  take(3, bits.getBigInt64(0), 0);
  take(4, 100n, 5);
  expect(taken).toEqual([
    { tag: 'nothing' },
    { tag: 'float', val: 1.5 },
    { tag: 'wide', val: -5n },
    { tag: 'double', val: -2.25 },
    { tag: 'text', val: 'hello' },
  ]);
});
