import { expect, test } from 'vitest';
import { linked, transpiled } from './linked.ts';
import { counting, keeping } from './resource-components.ts';

test.for([
  [
    'is made and lent',
    '(drop (call $add (call $make (i32.const 5)) (i32.const 2))) (call $add (i32.const 1) (i32.const 3))',
    10,
  ],
  [
    'is lent twice in one call',
    '(local.set $a (call $make (i32.const 1))) (call $same (local.get $a) (local.get $a))',
    1,
  ],
  ['is told from another', '(call $same (call $make (i32.const 1)) (call $make (i32.const 1)))', 0],
  [
    'is given away and comes back, and its destructor runs once',
    `(local.set $a (call $pass (call $make (i32.const 7)))) (call $drop (local.get $a))
     (call $drop (call $make (i32.const 3))) (call $dropped)`,
    73,
  ],
  [
    'is lent in a list',
    `(i32.store (i32.const 0) (call $make (i32.const 20))) (i32.store (i32.const 4) (call $make (i32.const 22)))
     (call $sum (i32.const 0) (i32.const 2))`,
    42,
  ],
] as const)('a resource of a component %s', async ([, use, expected]) => {
  const ours = await linked(counting(use));
  for (let round = 0; round < 3; round += 1) {
    expect(await ours.call()).toBe(expected);
    ours.reset();
    expect(ours.handles()).toEqual([0, 0, 0]);
  }
  expect(await (await transpiled(counting(use))).run?.()).toBe(expected);
});

test.for([
  [
    'that was given away',
    '(drop (call $pass (call $make (i32.const 1)))) (call $drop (i32.const 1)) (call $add (i32.const 1) (i32.const 1))',
  ],
  [
    'that was dropped',
    '(local.set $a (call $make (i32.const 1))) (call $drop (local.get $a)) (call $drop (local.get $a)) (i32.const 0)',
  ],
  ['that there never was', '(call $add (i32.const 12345) (i32.const 1))'],
] as const)('a handle %s traps', async ([, use]) => {
  const component = await linked(counting(use));
  await expect(component.call()).rejects.toThrow(WebAssembly.RuntimeError);
});

test('a component gives back what it is lent, or the call traps', async () => {
  const good = await linked(keeping('(call $drop (local.get 0))'));
  expect(await good.call()).toBe(1);
  expect(good.handles()).toEqual([0, 0, 0]);
  const bad = await linked(keeping(''));
  await expect(bad.call()).rejects.toThrow('a call returned with borrowed handles that were not dropped');
});

test('an instance that began with handles has them again after each request', async () => {
  const component = await linked(`(component
    (core module $None (func (export "destructor") (param i32)))
    (core instance $none (instantiate $None))
    (type $thing (resource (rep i32) (dtor (core func $none "destructor"))))
    (core func $new (canon resource.new $thing))
    (core func $rep (canon resource.rep $thing))
    (core func $drop (canon resource.drop $thing))
    (core module $Start
      (import "" "new" (func $new (param i32) (result i32)))
      (memory (export "memory") 1)
      (global $kept (export "kept") (mut i32) (i32.const 0))
      (func $start (global.set $kept (call $new (i32.const 42))))
      (func (export "kept-handle") (result i32) (global.get $kept))
      (start $start))
    (core instance $s (instantiate $Start (with "" (instance (export "new" (func $new))))))
    (core module $Main
      (import "" "kept" (func $kept (result i32)))
      (import "" "rep" (func $rep (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "run") (result i32) (call $rep (call $kept)) (call $drop (call $kept))))
    (core instance $main (instantiate $Main (with "" (instance
      (export "kept" (func $s "kept-handle")) (export "rep" (func $rep)) (export "drop" (func $drop))))))
    (func (export "run") (result u32) (canon lift (core func $main "run"))))`);
  for (let round = 0; round < 3; round += 1) {
    expect(await component.call()).toBe(42);
    component.reset();
  }
});
