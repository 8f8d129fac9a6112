import { expect, test } from 'vitest';
import { type Lifting, type Lowering, shouting, working } from './async-components.ts';
import { type LinkedTasks, linkedAsync } from './linked.ts';

const liftings: readonly Lifting[] = ['synchronously', 'with a callback', 'on a stack'];
const lowerings: readonly Lowering[] = ['synchronously', 'asynchronously'];

const asked: number[] = [];
const clock = {
  'demo:host/clock': {
    async wait(time: number) {
      asked.push(time);
      await new Promise((resolve) => setTimeout(resolve, 2));
      return 10 * time;
    },
  },
};

/** A component that works as `use` says, with a host whose clock takes time. */
function worker(use: string): Promise<LinkedTasks> {
  return linkedAsync(working(use), { suspends: () => true, imports: clock });
}

/** What `run` answers, twice: the instance is brought back in between, and nothing is left in it. */
async function answersOf(use: string): Promise<unknown> {
  const component = await worker(use);
  const held = component.handles();
  const first = await component.call();
  expect(component.isIdle()).toBe(true);
  component.reset();
  expect(component.handles()).toEqual(held);
  expect(await component.call()).toBe(first);
  return first;
}

test.for(
  liftings.flatMap((lifting) =>
    lowerings.flatMap((lowering) => [true, false].map((yields) => [lifting, lowering, yields] as const)),
  ),
)(
  'a function that is lifted %s and lowered %s answers its caller; it yields: %s',
  async ([lifting, lowering, yields]) => {
    const component = await linkedAsync(shouting(lifting, lowering, yields));
    for (let count = 0; count < 3; count += 1) {
      expect(await component.call()).toBe('höy!!');
      component.reset();
    }
  },
);

test('a call that is held back begins when calls are admitted, and can be cancelled before', async () => {
  expect(
    await answersOf(`
      (call $hold)
      (local.set $a (call $end))
      (local.set $b (call $end))
      ;; starting, and cancelled before it has started
      (local.set $c (i32.add (i32.mul (call $state (local.get $a)) (i32.const 10)) (call $cancel (call $handle (local.get $a)))))
      (call $subtask-drop (call $handle (local.get $a)))
      (call $admit)
      (local.set $a (call $set-new))
      (call $join (call $handle (local.get $b)) (local.get $a))
      (drop (call $set-wait (local.get $a) (i32.const 0)))
      (call $join (call $handle (local.get $b)) (i32.const 0))
      (call $set-drop (local.get $a))
      ;; started, and cancelled before it has returned
      (local.set $c (i32.add (i32.mul (local.get $c) (i32.const 10)) (i32.load (i32.const 4))))
      (local.set $c (i32.add (i32.mul (local.get $c) (i32.const 10)) (call $cancel (call $handle (local.get $b)))))
      (call $subtask-drop (call $handle (local.get $b)))
      (call $return (local.get $c))`),
  ).toBe(314);
});

test('a component adds up what another one writes to a stream that it was given', async () => {
  expect(
    await answersOf(`
      (local.set $ends (call $new))
      (local.set $a (call $sum (i32.wrap_i64 (local.get $ends)) (i32.const 64)))
      (local.set $b (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))))
      (i32.store (i32.const 32) (i32.const 7)) (i32.store (i32.const 36) (i32.const 20)) (i32.store (i32.const 40) (i32.const 300))
      (drop (call $write (local.get $b) (i32.const 32) (i32.const 1)))
      (drop (call $write (local.get $b) (i32.const 36) (i32.const 2)))
      (call $close (local.get $b))
      (drop (call $wait (local.get $a)))
      (call $return (i32.load (i32.const 64)))`),
  ).toBe(327);
});

test('components wait for the host while others of the program go on', async () => {
  asked.length = 0;
  expect(
    await answersOf(`
      (local.set $a (call $sleep (i32.const 1) (i32.const 64)))
      (local.set $b (call $sleep (i32.const 5) (i32.const 68)))
      (drop (call $wait (local.get $b)))
      (drop (call $wait (local.get $a)))
      (call $return (i32.add (i32.load (i32.const 64)) (i32.load (i32.const 68))))`),
  ).toBe(10 + 20 + 1 + 50 + 60 + 1);
  expect(asked).toEqual([1, 2, 5, 6, 1, 2, 5, 6]);
});

test('a synchronous function waits for the host below a caller that does not, and all of the program waits with it', async () => {
  expect(await answersOf('(call $return (call $nap (i32.const 3)))')).toBe(30 + 40 + 1);
});

test('a component that traps ends the program, and a fresh instance answers', async () => {
  const component = await worker(`
    (local.set $b (call $end))
    (drop (call $wait (call $trap)))`);
  for (let count = 0; count < 3; count += 1) {
    await expect(component.call()).rejects.toThrow(/unreachable/);
    component.reset();
  }
});

test('a call that has not ended can not be dropped', async () => {
  const component = await worker('(call $subtask-drop (call $handle (call $end)))');
  await expect(component.call()).rejects.toThrow(/has not ended/);
});

test('what a component goes on with after its caller has answered is known, and ended with the instance', async () => {
  const component = await worker('(drop (call $end)) (call $return (i32.const 1))');
  for (let count = 0; count < 3; count += 1) {
    expect(await component.call()).toBe(1);
    expect(component.isIdle()).toBe(false);
    component.reset();
    expect(component.isIdle()).toBe(true);
  }
});
