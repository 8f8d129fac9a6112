import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PackedEntries } from '../../host/interfaces/keyvalue/backends/memory/packed-entries.ts';
import { mostPacked, PackedValues } from '../../host/interfaces/keyvalue/backends/memory/packed-values.ts';

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const length = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 0, max: mostPacked + 40 }),
  fc.constantFrom(15, 16, 17, mostPacked, mostPacked + 1),
);
const step = fc.record({
  of: fc.constantFrom(0, 1),
  key,
  value: fc.option(fc.tuple(length, fc.nat(255)), { nil: undefined }),
});

test('entries are what a map of the same writes and deletions holds, whatever else lies beside them', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const values = new PackedValues();
      const buckets = [new PackedEntries(values), new PackedEntries(values)];
      const models = [new Map<string, object>(), new Map<string, object>()];
      for (const [index, { of, key, value }] of steps.entries()) {
        const bucket = buckets[of];
        const model = models[of];
        if (value === undefined) expect(bucket?.delete(key)).toBe(model?.delete(key));
        else {
          const bytes = new Uint8Array(value[0]).fill(value[1]);
          bucket?.set(key, bytes, index / 2, index);
          model?.set(key, { value: [...bytes], written: index / 2, version: index });
        }
        for (const [each, bucket] of buckets.entries()) {
          const held = [...bucket].map(([key, number]) => [
            key,
            {
              value: [...bucket.value(number)],
              written: bucket.written(number),
              version: bucket.version(number),
            },
          ]);
          expect(held).toEqual([...(models[each] ?? [])]);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('a value that is not asked for again is read from where it lies', () => {
  const entries = new PackedEntries(new PackedValues());
  const count = 5000;
  for (let index = 0; index < count; index += 1)
    entries.set(`${index}`, Buffer.from(`value ${index}`), 0, index);
  for (let index = 0; index < count; index += 7) entries.delete(`${index}`);
  for (let index = 0; index < count; index += 1) {
    const number = entries.find(`${index}`);
    const value = number === undefined ? undefined : Buffer.from(entries.value(number)).toString();
    expect(value).toBe(index % 7 === 0 ? undefined : `value ${index}`);
  }
});
