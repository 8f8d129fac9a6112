import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChangeReader, ChangeWriter } from '../../host/interfaces/keyvalue/shared-memory/change-record.ts';
import { RingBuffer } from '../../host/runtime/ipc/ring-buffer.ts';

const name = fc.oneof(fc.constantFrom('', 'default', 'straße'), fc.string({ unit: 'binary', maxLength: 30 }));
const change = fc.record({
  bucket: name,
  key: name,
  entry: fc.option(
    fc.record(
      {
        value: fc.uint8Array({ maxLength: 200 }),
        written: fc.double({ noNaN: true }),
        end: fc.double({ noNaN: true }),
      },
      { requiredKeys: ['value', 'written'] },
    ),
    { nil: undefined },
  ),
  expires: fc.boolean(),
});

test('changes of buckets come as they were made, or not as records', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
      const ring = new RingBuffer();
      const from = new RingBuffer(ring.memory);
      const writer = new ChangeWriter(ring);
      const reader = new ChangeReader();
      for (const made of changes) {
        const end = writer.write(made);
        const canBe = made.bucket.isWellFormed() && made.key.isWellFormed();
        if (!canBe) expect(end).toBeUndefined();
        if (end === undefined) continue;
        ring.commit(end, 0);
        expect(from.nextOrder).toBe(0);
        expect(reader.read(from, from.next)).toEqual(made);
        from.release();
      }
    }),
  );
  const value = new Uint8Array(16 * 1024 + 1);
  const long = { bucket: 'a', key: 'b', entry: { value, written: 0 }, expires: false };
  expect(new ChangeWriter(new RingBuffer()).write(long)).toBeUndefined();
  const lone = { bucket: 'a', key: '\ud800', entry: undefined, expires: false };
  expect(new ChangeWriter(new RingBuffer()).write(lone)).toBeUndefined();
});
