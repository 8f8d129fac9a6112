import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Bucket } from '../backends/backend.ts';
import { InMemoryBackend } from '../backends/memory/in-memory.ts';
import { keysOf } from './bucket-contents.ts';

const key = fc.constantFrom('a', 'b', 'a:b', 'a/b', '', '🦀', '..');
/** Eight bytes could be one of wash's counters, which not every backend has. */
const value = fc.oneof(
  fc.uint8Array({ maxLength: 7 }),
  fc.integer().map((n) => Buffer.from(String(n))),
);

const step = fc.oneof(
  fc.record({ op: fc.constant('get' as const), key }),
  fc.record({ op: fc.constant('set' as const), key, value }),
  fc.record({ op: fc.constant('delete' as const), key }),
  fc.record({
    op: fc.constant('increment' as const),
    key,
    delta: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
  }),
  fc.record({ op: fc.constant('read version' as const), key }),
  fc.record({ op: fc.constant('swap' as const), key, value }),
  fc.record({ op: fc.constant('list' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Throws, with the shortest sequence, when a bucket answers otherwise than one in memory. */
export async function assertAnswersAsInMemory(freshBucket: () => Promise<Bucket>): Promise<void> {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
    const model = new InMemoryBackend().open('model', {});
    assert.deepEqual(await answers(await freshBucket(), steps), await answers(model, steps));
  });
  await fc.assert(property, { numRuns: 40 });
}

/** What a bucket answers to each step. Versions differ between stores; what a swap does with them must not. */
async function answers(bucket: Bucket, steps: readonly Step[]): Promise<unknown[]> {
  const versions = new Map<string, string>();
  const list: unknown[] = [];
  for (const item of steps)
    list.push(await answer(bucket, item, versions).catch((error: Error) => error.name));
  return list;
}

async function answer(bucket: Bucket, item: Step, versions: Map<string, string>): Promise<unknown> {
  switch (item.op) {
    case 'get':
      return hex(await bucket.get(item.key));
    case 'set':
      return bucket.set(item.key, Uint8Array.from(item.value));
    case 'delete':
      return bucket.delete(item.key);
    case 'increment':
      return bucket.increment(item.key, item.delta, 's64');
    case 'read version': {
      const { value: found, version } = await bucket.getVersioned(item.key);
      // For an absent key a backend may take any deletion in the bucket for one of this key.
      if (found === undefined) versions.delete(item.key);
      else versions.set(item.key, version);
      return hex(found);
    }
    case 'swap': {
      const version = versions.get(item.key) ?? (await bucket.getVersioned(item.key)).version;
      return bucket.setIfVersion(item.key, Uint8Array.from(item.value), version);
    }
    case 'list':
      return keysOf(bucket);
  }
}

function hex(found: Uint8Array | undefined): string | undefined {
  return found === undefined ? undefined : Buffer.from(found).toString('hex');
}
