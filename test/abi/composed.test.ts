import { expect, test } from 'vitest';
import { echoing, greeting, waiting } from './composed-components.ts';
import { linked, transpiled } from './linked.ts';

test('a component that calls another one answers what that says, and what jco does', async () => {
  const ours = await linked(greeting);
  const jco = await transpiled(greeting);
  for (const [name, times] of [
    ['world', 3],
    ['', 0],
    ['Ünïcödé 😀', 2 ** 32 - 2],
  ] as const) {
    const expected = [`hello, ${name}`, ((times + 1) * 2) % 2 ** 32];
    expect(await ours.call(name, times)).toEqual(expected);
    expect(await jco.run?.(name, times)).toEqual(expected);
    ours.reset();
  }
});

const encodings = ['utf8', 'utf16', 'latin1+utf16'];
const texts = [
  '',
  'plain',
  'Grüße',
  'ÿ',
  'Ā',
  '漢字',
  '😀 and more',
  'x'.repeat(4000),
  `${'é'.repeat(500)}漢`,
];

test.for(encodings.flatMap((inner) => encodings.map((outer) => [inner, outer] as const)))(
  'text is the same in %s and in %s',
  async ([inner, outer]) => {
    const component = await linked(echoing(inner, outer));
    for (const text of texts) {
      expect(await component.call(text)).toBe(text);
      component.reset();
    }
  },
);

test('a component within waits for the host, and so does a destructor, while other components are on the stack', async () => {
  const asked: number[] = [];
  const component = await linked(waiting, {
    suspends: () => true,
    imports: {
      'demo:host/clock': {
        async wait(time: number) {
          asked.push(time);
          await new Promise((resolve) => setTimeout(resolve, 2));
          return 10 * time;
        },
      },
    },
  });
  expect(await component.call(1)).toBe(10 + 1 + 50 + 1);
  expect(await component.call(2)).toBe(20 + 1 + 50 + 1);
  expect(asked).toEqual([77, 1, 5, 77, 2, 5]);
});

test('each instance of a component has a memory, globals and types of its own', async () => {
  const text = `(component
    (component $counter
      (core module $M
        (memory (export "memory") 1)
        (func (export "next") (result i32)
          (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
          (i32.load (i32.const 8))))
      (core instance $m (instantiate $M))
      (func (export "next") (result u32) (canon lift (core func $m "next"))))
    (instance $a (instantiate $counter))
    (instance $b (instantiate $counter))
    (core func $a (canon lower (func $a "next")))
    (core func $b (canon lower (func $b "next")))
    (core module $Main
      (import "" "a" (func $a (result i32)))
      (import "" "b" (func $b (result i32)))
      (func (export "run") (result i32)
        (drop (call $a)) (drop (call $a))
        (i32.add (i32.mul (call $a) (i32.const 10)) (call $b))))
    (core instance $main (instantiate $Main (with "" (instance (export "a" (func $a)) (export "b" (func $b))))))
    (func (export "run") (result u32) (canon lift (core func $main "run"))))`;
  const component = await linked(text);
  expect(await component.call()).toBe(31);
  expect(await component.call()).toBe(62);
  component.reset();
  expect(await component.call()).toBe(31);
  expect(await (await transpiled(text)).run?.()).toBe(31);
});

test('a component within uses a module and a component of the one around it', async () => {
  const text = `(component
    (core module $Nine (func (export "nine") (result i32) (i32.const 9)))
    (component $nine
      (alias outer 1 $Nine (core module $Nine))
      (core instance $n (instantiate $Nine))
      (func (export "nine") (result u32) (canon lift (core func $n "nine"))))
    (component $inner
      (alias outer 1 $nine (component $nine))
      (instance $n (instantiate $nine))
      (export "numbers" (instance $n)))
    (instance $i (instantiate $inner))
    (alias export $i "numbers" (instance $numbers))
    (core func $nine (canon lower (func $numbers "nine")))
    (core module $Main (import "" "nine" (func $nine (result i32)))
      (func (export "run") (result i32) (i32.add (call $nine) (i32.const 1))))
    (core instance $main (instantiate $Main (with "" (instance (export "nine" (func $nine))))))
    (func (export "run") (result u32) (canon lift (core func $main "run"))))`;
  expect(await (await linked(text)).call()).toBe(10);
});

test('an import with a label has functions of its own where the host gives some, and else those of its interface', async () => {
  const text = `(component
    (import "left" (implements "demo:host/numbers@1.0.0") (instance $left (export "get" (func (result u32)))))
    (import "right" (implements "demo:host/numbers@1.0.0") (instance $right (export "get" (func (result u32)))))
    (core func $left (canon lower (func $left "get")))
    (core func $right (canon lower (func $right "get")))
    (core module $Main
      (import "" "left" (func $left (result i32)))
      (import "" "right" (func $right (result i32)))
      (func (export "run") (result i32) (i32.add (i32.mul (call $left) (i32.const 10)) (call $right))))
    (core instance $main (instantiate $Main (with "" (instance
      (export "left" (func $left)) (export "right" (func $right))))))
    (func (export "run") (result u32) (canon lift (core func $main "run"))))`;
  const imports = { 'demo:host/numbers': { get: () => 4 }, right: { get: () => 7 } };
  expect(await (await linked(text, { imports })).call()).toBe(47);
});

test('what core modules share is brought back: a memory that one of them has and others write and grow, and globals', async () => {
  const component = await linked(`(component
    (core module $Env
      (memory (export "memory") 1)
      (global (export "__stack_pointer") (mut i32) (i32.const 4096))
      (global (export "count") (mut i32) (i32.const 0))
      (data (i32.const 5000) "data"))
    (core instance $env (instantiate $Env))
    (core module $Lib
      (import "env" "memory" (memory 1))
      (import "env" "__stack_pointer" (global $stack (mut i32)))
      (import "env" "count" (global $count (mut i32)))
      (func (export "work") (result i32) (local $size i32)
        (local.set $size (memory.size))
        (global.set $stack (i32.sub (global.get $stack) (i32.const 16)))
        (i32.store (global.get $stack) (i32.add (i32.load (global.get $stack)) (i32.const 1)))
        (i32.store8 (i32.const 5001) (i32.add (i32.load8_u (i32.const 5001)) (i32.const 1)))
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (drop (memory.grow (i32.const 1)))
        (i32.store offset=65532 (i32.const 0) (i32.const 9))
        (i32.add (i32.add (i32.load (i32.const 4080)) (i32.load8_u (i32.const 5001)))
          (i32.add (i32.mul (i32.const 1000) (global.get $count))
            (i32.add (i32.mul (i32.const 100000) (local.get $size)) (i32.load (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4))))))))
    (core instance $lib (instantiate $Lib (with "env" (instance
      (export "memory" (memory $env "memory"))
      (export "__stack_pointer" (global $env "__stack_pointer"))
      (export "count" (global $env "count"))))))
    (func (export "run") (result u32) (canon lift (core func $lib "work"))))`);
  const first = await component.call();
  expect(first).toBe(100_000 + 1000 + 1 + 'a'.charCodeAt(0) + 1);
  expect(await component.call()).not.toBe(first);
  for (let round = 0; round < 3; round += 1) {
    component.reset();
    expect(await component.call()).toBe(first);
  }
});
