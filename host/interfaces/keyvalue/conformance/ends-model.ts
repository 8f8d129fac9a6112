import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Bucket, CounterType } from '../backends/backend.ts';
import { exists, setMany } from '../backends/bucket-defaults.ts';
import { InMemoryBackend } from '../backends/memory/in-memory.ts';
import { bytes, keysOf, textOf } from './bucket-contents.ts';
import type { Trial } from './trial.ts';

/** Ends and moments are never nearer to one another than half of this, in milliseconds: a step takes its time. */
const grain = 100_000;

const key = fc.constantFrom('a', 'b', 'a/b', '');
const value = fc.integer({ min: 0, max: 999 }).map(String);

const step = fc.oneof(
  fc.record({ op: fc.constant('set for' as const), key, value, grains: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ op: fc.constant('wait' as const), grains: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ op: fc.constant('set' as const), key, value }),
  fc.record({ op: fc.constant('set many' as const), key, value }),
  fc.record({ op: fc.constant('delete' as const), key }),
  fc.record({ op: fc.constant('increment' as const), key, delta: fc.bigInt({ min: 0n, max: 9n }) }),
  fc.record({ op: fc.constant('get' as const), key }),
  fc.record({ op: fc.constant('exists' as const), key }),
  fc.record({ op: fc.constant('list' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Throws, with the shortest sequence, when a key of a bucket ends otherwise than one in memory. */
export async function assertEndsAsInMemory(trial: Trial): Promise<void> {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
    const bucket = await trial.freshBucket();
    const model = new InMemoryBackend({ now: () => trial.clock.now() }).open('model', {});
    for (const [index, item] of steps.entries()) {
      if (item.op === 'wait') trial.clock.advance(item.grains * grain);
      const [found, expected] = [
        await answer(bucket, item, trial.counter),
        await answer(model, item, trial.counter),
      ];
      assert.deepEqual(found, expected, `step ${index + 1}`);
    }
  });
  await fc.assert(property, { numRuns: 30 });
}

async function answer(bucket: Bucket, item: Step, counter: CounterType): Promise<unknown> {
  switch (item.op) {
    case 'set for':
      return await bucket.set(item.key, bytes(item.value), item.grains * grain - grain / 2);
    case 'wait':
      return undefined;
    case 'set':
      return await bucket.set(item.key, bytes(item.value));
    case 'set many':
      return await setMany(bucket, [[item.key, bytes(item.value)]]);
    case 'delete':
      return await bucket.delete(item.key);
    case 'increment':
      return await bucket.increment(item.key, item.delta, counter);
    case 'get':
      return await textOf(bucket, item.key);
    case 'exists':
      return await exists(bucket, item.key);
    case 'list':
      return await keysOf(bucket);
  }
}
