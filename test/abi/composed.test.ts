import { expect, test } from 'vitest';
import { linked, transpiled } from './linked.ts';

/** A memory with an allocator that only goes on; `beside` stands in the same core module. */
function memoryWith(beside: string, imports = ''): string {
  return `(core module $M
    ${imports}
    (memory (export "memory") 1)
    (global $end (mut i32) (i32.const 1024))
    (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $end) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
      (global.set $end (i32.add (local.get $at) (local.get $new)))
      (memory.copy (local.get $at) (local.get $old) (select (local.get $size) (local.get $new)
        (i32.lt_u (local.get $size) (local.get $new))))
      (local.get $at))
    ${beside})`;
}

/** Two components, of which the second passes its caller's text and number to the first, and what comes back to its caller. */
const greeting = `(component
  (component $greeter
    ${memoryWith(`
      (data (i32.const 8) "hello, ")
      (func (export "greet") (param $at i32) (param $size i32) (param $times i32) (result i32)
        (local $to i32)
        (local.set $to (global.get $end))
        (global.set $end (i32.add (local.get $to) (i32.const 512)))
        (memory.copy (local.get $to) (i32.const 8) (i32.const 7))
        (memory.copy (i32.add (local.get $to) (i32.const 7)) (local.get $at) (local.get $size))
        (i32.store (i32.const 16) (local.get $to))
        (i32.store (i32.const 20) (i32.add (i32.const 7) (local.get $size)))
        (i32.store (i32.const 24) (i32.mul (local.get $times) (i32.const 2)))
        (i32.const 16))
      (func (export "post") (param i32) (memory.fill (i32.load (i32.const 16)) (i32.const 0x21) (i32.const 8)))`)}
    (core instance $m (instantiate $M))
    (func $greet (param "name" string) (param "times" u32) (result (tuple string u32))
      (canon lift (core func $m "greet") (memory (core memory $m "memory")) (realloc (core func $m "realloc"))
        (post-return (core func $m "post"))))
    (instance $greeting (export "greet" (func $greet)))
    (export "demo:greet/greeting" (instance $greeting)))
  (component $relay
    (import "demo:greet/greeting" (instance $greeting
      (export "greet" (func (param "name" string) (param "times" u32) (result (tuple string u32))))))
    (core module $Memory
      (memory (export "memory") 1)
      (global $end (mut i32) (i32.const 1024))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.set $end (i32.and (i32.add (global.get $end) (i32.const 7)) (i32.const -8)))
        (global.get $end)
        (global.set $end (i32.add (global.get $end) (local.get 3)))))
    (core instance $memory (instantiate $Memory))
    (core func $greet (canon lower (func $greeting "greet") (memory (core memory $memory "memory"))
      (realloc (core func $memory "realloc"))))
    (core module $Relay
      (import "greeting" "greet" (func $greet (param i32 i32 i32 i32)))
      (func (export "run") (param i32 i32 i32) (result i32)
        (call $greet (local.get 0) (local.get 1) (i32.add (local.get 2) (i32.const 1)) (i32.const 64))
        (i32.const 64)))
    (core instance $relay (instantiate $Relay (with "greeting" (instance (export "greet" (func $greet))))))
    (func (export "run") (param "name" string) (param "times" u32) (result (tuple string u32))
      (canon lift (core func $relay "run") (memory (core memory $memory "memory")) (realloc (core func $memory "realloc")))))
  (instance $g (instantiate $greeter))
  (instance $r (instantiate $relay (with "demo:greet/greeting" (instance $g "demo:greet/greeting"))))
  (export "run" (func $r "run")))`;

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

/** A component whose `run` passes text to another one, which passes it back; each has an encoding of its own. */
function echoing(inner: string, outer: string): string {
  const options = (encoding: string): string =>
    `string-encoding=${encoding} (memory (core memory $m "memory")) (realloc (core func $m "realloc"))`;
  return `(component
    (component $echo
      ${memoryWith(`(func (export "echo") (param i32 i32) (result i32)
        (i32.store (i32.const 16) (local.get 0))
        (i32.store (i32.const 20) (local.get 1))
        (i32.const 16))`)}
      (core instance $m (instantiate $M))
      (func (export "echo") (param "text" string) (result string)
        (canon lift (core func $m "echo") ${options(inner)})))
    (component $relay
      (import "echo" (func $echo (param "text" string) (result string)))
      ${memoryWith('')}
      (core instance $m (instantiate $M))
      (core func $echo (canon lower (func $echo) ${options(outer)}))
      (core module $R
        (import "" "echo" (func $echo (param i32 i32 i32)))
        (func (export "run") (param i32 i32) (result i32)
          (call $echo (local.get 0) (local.get 1) (i32.const 32))
          (i32.const 32)))
      (core instance $r (instantiate $R (with "" (instance (export "echo" (func $echo))))))
      (func (export "run") (param "text" string) (result string)
        (canon lift (core func $r "run") ${options(outer)})))
    (instance $e (instantiate $echo))
    (instance $r (instantiate $relay (with "echo" (func $e "echo"))))
    (export "run" (func $r "run")))`;
}

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

/** A component with a resource of its own, and one that uses it; `use` is the body of the latter's `run`, which answers an i32. */
function counting(use: string): string {
  const resource = `
    (export "counter" (type $counter (sub resource)))
    (export "[constructor]counter" (func (param "start" u32) (result (own $counter))))
    (export "[method]counter.add" (func (param "self" (borrow $counter)) (param "by" u32) (result u32)))
    (export "[method]counter.same" (func (param "self" (borrow $counter)) (param "other" (borrow $counter)) (result u32)))
    (export "[static]counter.pass" (func (param "counter" (own $counter)) (result (own $counter))))
    (export "[static]counter.sum" (func (param "counters" (list (borrow $counter))) (result u32)))
    (export "dropped" (func (result u32)))`;
  return `(component
    (component $counters
      (core module $State
        (memory (export "memory") 1)
        (global $end (mut i32) (i32.const 1024))
        (global $dropped (export "dropped") (mut i32) (i32.const 0))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
          (global.get $end) (global.set $end (i32.add (global.get $end) (local.get 3))))
        (func (export "destructor") (param $at i32)
          (global.set $dropped (i32.add (i32.mul (global.get $dropped) (i32.const 10)) (i32.load (local.get $at)))))
        (func (export "count") (result i32) (global.get $dropped)))
      (core instance $state (instantiate $State))
      (type $counter' (resource (rep i32) (dtor (core func $state "destructor"))))
      (core func $new (canon resource.new $counter'))
      (core func $rep (canon resource.rep $counter'))
      (core module $Main
        (import "" "memory" (memory 1))
        (import "" "new" (func $new (param i32) (result i32)))
        (import "" "rep" (func $rep (param i32) (result i32)))
        (global $next (mut i32) (i32.const 512))
        (func (export "make") (param i32) (result i32)
          (i32.store (global.get $next) (local.get 0))
          (call $new (global.get $next))
          (global.set $next (i32.add (global.get $next) (i32.const 4))))
        (func (export "add") (param i32 i32) (result i32)
          (i32.store (local.get 0) (i32.add (i32.load (local.get 0)) (local.get 1)))
          (i32.load (local.get 0)))
        (func (export "same") (param i32 i32) (result i32) (i32.eq (local.get 0) (local.get 1)))
        (func (export "pass") (param i32) (result i32) (call $new (call $rep (local.get 0))))
        (func (export "sum") (param $at i32) (param $count i32) (result i32) (local $sum i32)
          (loop
            (if (local.get $count) (then
              (local.set $sum (i32.add (local.get $sum) (i32.load (i32.load (local.get $at)))))
              (local.set $at (i32.add (local.get $at) (i32.const 4)))
              (local.set $count (i32.sub (local.get $count) (i32.const 1)))
              (br 1))))
          (local.get $sum)))
      (core instance $main (instantiate $Main (with "" (instance
        (export "memory" (memory $state "memory")) (export "new" (func $new)) (export "rep" (func $rep))))))
      (export $counter "counter" (type $counter'))
      (func (export "[constructor]counter") (param "start" u32) (result (own $counter)) (canon lift (core func $main "make")))
      (func (export "[method]counter.add") (param "self" (borrow $counter)) (param "by" u32) (result u32)
        (canon lift (core func $main "add")))
      (func (export "[method]counter.same") (param "self" (borrow $counter)) (param "other" (borrow $counter)) (result u32)
        (canon lift (core func $main "same")))
      (func (export "[static]counter.pass") (param "counter" (own $counter)) (result (own $counter))
        (canon lift (core func $main "pass")))
      (func (export "[static]counter.sum") (param "counters" (list (borrow $counter))) (result u32)
        (canon lift (core func $main "sum") (memory (core memory $state "memory")) (realloc (core func $state "realloc"))))
      (func (export "dropped") (result u32) (canon lift (core func $state "count"))))
    (component $user
      (import "counters" (instance $counters ${resource}))
      (alias export $counters "counter" (type $counter))
      (core module $Memory (memory (export "memory") 1))
      (core instance $memory (instantiate $Memory))
      (core func $make (canon lower (func $counters "[constructor]counter")))
      (core func $add (canon lower (func $counters "[method]counter.add")))
      (core func $same (canon lower (func $counters "[method]counter.same")))
      (core func $pass (canon lower (func $counters "[static]counter.pass")))
      (core func $sum (canon lower (func $counters "[static]counter.sum") (memory (core memory $memory "memory"))))
      (core func $dropped (canon lower (func $counters "dropped")))
      (core func $drop (canon resource.drop $counter))
      (core module $User
        (import "" "memory" (memory 1))
        (import "" "make" (func $make (param i32) (result i32)))
        (import "" "add" (func $add (param i32 i32) (result i32)))
        (import "" "same" (func $same (param i32 i32) (result i32)))
        (import "" "pass" (func $pass (param i32) (result i32)))
        (import "" "sum" (func $sum (param i32 i32) (result i32)))
        (import "" "dropped" (func $dropped (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (func (export "run") (result i32) (local $a i32) (local $b i32) ${use}))
      (core instance $user (instantiate $User (with "" (instance
        (export "memory" (memory $memory "memory")) (export "make" (func $make)) (export "add" (func $add))
        (export "same" (func $same)) (export "pass" (func $pass)) (export "sum" (func $sum))
        (export "dropped" (func $dropped)) (export "drop" (func $drop))))))
      (func (export "run") (result u32) (canon lift (core func $user "run"))))
    (instance $c (instantiate $counters))
    (instance $u (instantiate $user (with "counters" (instance $c))))
    (export "run" (func $u "run")))`;
}

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

/** A component within that asks the host, called by another one, whose destructor asks as well. */
const waiting = `(component
  (import "demo:host/clock" (instance $clock (export "wait" (func (param "for" u32) (result u32)))))
  (component $sleeper
    (import "demo:host/clock" (instance $clock (export "wait" (func (param "for" u32) (result u32)))))
    (core func $wait (canon lower (func $clock "wait")))
    (core module $M
      (import "" "wait" (func $wait (param i32) (result i32)))
      (func (export "sleep") (param i32) (result i32) (i32.add (call $wait (local.get 0)) (i32.const 1)))
      (func (export "destructor") (param i32) (drop (call $wait (local.get 0)))))
    (core instance $m (instantiate $M (with "" (instance (export "wait" (func $wait))))))
    (type $nap' (resource (rep i32) (dtor (core func $m "destructor"))))
    (core func $new (canon resource.new $nap'))
    (export $nap "nap" (type $nap'))
    (func (export "make") (param "for" u32) (result (own $nap)) (canon lift (core func $new)))
    (func (export "sleep") (param "for" u32) (result u32) (canon lift (core func $m "sleep"))))
  (instance $s (instantiate $sleeper (with "demo:host/clock" (instance $clock))))
  (alias export $s "nap" (type $nap))
  (core func $sleep (canon lower (func $s "sleep")))
  (core func $make (canon lower (func $s "make")))
  (core func $drop (canon resource.drop $nap))
  (core module $Main
    (import "" "sleep" (func $sleep (param i32) (result i32)))
    (import "" "make" (func $make (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "run") (param i32) (result i32)
      (call $drop (call $make (i32.const 77)))
      (i32.add (call $sleep (local.get 0)) (call $sleep (i32.const 5)))))
  (core instance $main (instantiate $Main (with "" (instance
    (export "sleep" (func $sleep)) (export "make" (func $make)) (export "drop" (func $drop))))))
  (func (export "run") (param "for" u32) (result u32) (canon lift (core func $main "run"))))`;

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

/** A component that keeps what it is lent; `keep` is what it does with the handle. */
function keeping(keep: string): string {
  return `(component
    (component $maker
      (type $thing' (resource (rep i32)))
      (core func $new (canon resource.new $thing'))
      (export $thing "thing" (type $thing'))
      (func (export "make") (param "rep" u32) (result (own $thing)) (canon lift (core func $new))))
    (component $borrower
      (import "thing" (type $thing (sub resource)))
      (core func $drop (canon resource.drop $thing))
      (core module $M (import "" "drop" (func $drop (param i32)))
        (func (export "look") (param i32) (result i32) ${keep} (i32.const 1)))
      (core instance $m (instantiate $M (with "" (instance (export "drop" (func $drop))))))
      (func (export "look") (param "thing" (borrow $thing)) (result u32) (canon lift (core func $m "look"))))
    (instance $maker (instantiate $maker))
    (alias export $maker "thing" (type $thing))
    (instance $b (instantiate $borrower (with "thing" (type $thing))))
    (core func $make (canon lower (func $maker "make")))
    (core func $look (canon lower (func $b "look")))
    (core func $drop (canon resource.drop $thing))
    (core module $Main
      (import "" "make" (func $make (param i32) (result i32)))
      (import "" "look" (func $look (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "run") (result i32) (local $a i32)
        (local.set $a (call $make (i32.const 3)))
        (call $look (local.get $a))
        (call $drop (local.get $a))))
    (core instance $main (instantiate $Main (with "" (instance
      (export "make" (func $make)) (export "look" (func $look)) (export "drop" (func $drop))))))
    (func (export "run") (result u32) (canon lift (core func $main "run"))))`;
}

test('a component gives back what it is lent, or the call traps', async () => {
  const good = await linked(keeping('(call $drop (local.get 0))'));
  expect(await good.call()).toBe(1);
  expect(good.handles()).toEqual([0, 0, 0]);
  const bad = await linked(keeping(''));
  await expect(bad.call()).rejects.toThrow('a call returned with borrowed handles that were not dropped');
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
