import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WitType } from '../../host/engine/decode/wit-type.ts';
import { spilled } from './guest.ts';
import { linked } from './linked.ts';
import { moreTypes, valuesOf } from './random-types.ts';
import { watType } from './wat-type.ts';

const padding = new Array<number>(17).fill(0);
const encodings = fc.constantFrom('utf8', 'utf16', 'latin1+utf16');
const runs = { seed: 20261130, types: 40, values: 4 };

/** A memory, with an allocator that only goes on. */
const memory = `(core module $M
  (memory (export "memory") 8)
  (global $end (mut i32) (i32.const 65536))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $end (i32.and (i32.add (global.get $end) (i32.sub (local.get 2) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get 2))))
    (global.get $end)
    (global.set $end (i32.add (global.get $end) (local.get 3)))))
  (core instance $m (instantiate $M))`;

const options = (encoding: string): string =>
  `string-encoding=${encoding} (memory (core memory $m "memory")) (realloc (core func $m "realloc"))`;

const relayModule = `(core module $R
  (import "" "pass" (func $pass (param i32 i32)))
  (func (export "run") (param i32) (result i32) (call $pass (local.get 0) (i32.const 64)) (i32.const 64)))`;

/** A guest that passes a value, which is in memory, to another one and back. */
function echo(type: WitType, inner: string, outer: string): string {
  const signature = `(param "v" ${watType(spilled(type))}) (result ${watType(spilled(type))})`;
  return `(component
    (component $echo ${memory}
      (core module $E (func (export "pass") (param i32) (result i32) (local.get 0)))
      (core instance $e (instantiate $E))
      (func (export "pass") ${signature} (canon lift (core func $e "pass") ${options(inner)})))
    (component $relay
      (import "pass" (func $pass ${signature}))
      ${memory}
      (core func $pass (canon lower (func $pass) ${options(outer)}))
      ${relayModule}
      (core instance $r (instantiate $R (with "" (instance (export "pass" (func $pass))))))
      (func (export "run") ${signature} (canon lift (core func $r "run") ${options(outer)})))
    (instance $e (instantiate $echo))
    (instance $r (instantiate $relay (with "pass" (func $e "pass"))))
    (export "run" (func $r "run")))`;
}

/** Guests that pass a value on to the host as it comes, flat where it is small. */
function relay(type: WitType, inner: string, outer: string): string {
  const signature = `(param "v" ${watType(type)})`;
  const passing = (encoding: string): string => `${memory}
    (core func $take (canon lower (func $take) ${options(encoding)}))
    (func (export "run") ${signature} (canon lift (core func $take) ${options(encoding)}))`;
  return `(component
    (import "demo:host/taker" (instance $taker (export "take" (func ${signature}))))
    (component $first (import "take" (func $take ${signature})) ${passing(inner)})
    (component $second (import "take" (func $take ${signature})) ${passing(outer)})
    (instance $first (instantiate $first (with "take" (func $taker "take"))))
    (instance $second (instantiate $second (with "take" (func $first "run"))))
    (export "run" (func $second "run")))`;
}

const sampled = fc.sample(fc.tuple(moreTypes, encodings, encodings), {
  seed: runs.seed,
  numRuns: runs.types,
});

test('what one guest gives another through memory comes back as it was', { timeout: 120_000 }, async () => {
  for (const [type, inner, outer] of sampled) {
    const component = await linked(echo(type, inner, outer));
    for (const value of fc.sample(valuesOf(type), { seed: runs.seed, numRuns: runs.values })) {
      const [result] = (await component.call([value, ...padding])) as unknown[];
      expect(result, JSON.stringify(type)).toEqual(value);
      component.reset();
    }
  }
});

test('what one guest gives another flat arrives at the host as it was', { timeout: 120_000 }, async () => {
  for (const [type, inner, outer] of sampled) {
    let taken: unknown;
    const component = await linked(relay(type, inner, outer), {
      imports: {
        'demo:host/taker': {
          take(value: unknown) {
            taken = value;
          },
        },
      },
    });
    for (const value of fc.sample(valuesOf(type), { seed: runs.seed, numRuns: runs.values })) {
      taken = undefined;
      await component.call(value);
      expect(taken, JSON.stringify(type)).toEqual(value);
      component.reset();
    }
  }
});
