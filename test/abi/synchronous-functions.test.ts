import { expect, test } from 'vitest';
import { linkedAsync } from './linked.ts';
import { waiting } from './synchronous-components.ts';

const later = {
  'demo:host/clock': { wait: () => new Promise((resolve) => setTimeout(() => resolve(7), 50)) },
};
const atOnce = { 'demo:host/clock': { wait: () => 7 } };

test('a synchronous function that waits lets other tasks of its instance go on', async () => {
  const component = await linkedAsync(
    waiting('(call $open) (drop (call $give)) (drop (call $give)) (i32.add (call $take) (call $take))'),
  );
  for (let count = 0; count < 3; count += 1) {
    expect(await component.call()).toBe(84);
    component.reset();
  }
});

const waits: readonly (readonly [what: string, use: string])[] = [
  ['nobody writes', '(call $open) (call $take)'],
  ['an asynchronous function has not brought yet', '(call $open) (call $give-now) (call $take)'],
  ['an asynchronous function of the host brings later', '(call $ask)'],
];

test.for(waits)('a synchronous function that waits for what %s traps', async ([, use]) => {
  const component = await linkedAsync(waiting(use), { imports: later });
  for (let count = 0; count < 2; count += 1) {
    await expect(component.call()).rejects.toThrow(/a function that is not asynchronous waits/);
    component.reset();
  }
});

test('it does not wait for what is there at once', async () => {
  const component = await linkedAsync(waiting('(call $ask)'), { imports: atOnce });
  expect(await component.call()).toBe(7);
});

test('a trap below a synchronous function is told with its own reason and place', async () => {
  const component = await linkedAsync(waiting('(call $trap) (i32.const 0)'));
  const trapped: unknown = await component.call().catch((thrown: unknown) => thrown);
  expect(trapped).toBeInstanceOf(WebAssembly.RuntimeError);
  expect(String(trapped)).toMatch(/unreachable/);
  expect((trapped as Error).stack).toMatch(/inner-trap/);
});
