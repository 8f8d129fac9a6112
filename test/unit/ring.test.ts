import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RingBuffer } from '../../host/runtime/ipc/ring-buffer.ts';

/** Bytes of which each tells which record it belongs to. */
function write(ring: RingBuffer, number: number, length: number): boolean {
  const at = ring.reserve(length);
  if (at === undefined) return false;
  ring.bytes.fill(number & 0xff, at, at + length);
  ring.commit(at + length, number);
  return true;
}

describe('a ring', () => {
  it('gives records back in order, whole, and refuses what it has no room for', () => {
    const step = fc.oneof(
      // The last ones fill it to the byte.
      fc.record({ length: fc.oneof(fc.nat(100), fc.nat(40_000), fc.constantFrom(16_376, 32_760, 65_528)) }),
      fc.record({ reads: fc.integer({ min: 1, max: 8 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const writer = new RingBuffer();
        const reader = new RingBuffer(writer.memory);
        const expected: { number: number; length: number }[] = [];
        let number = 0;
        const read = (): void => {
          const next = expected.shift();
          expect(reader.nextOrder).toBe(next?.number);
          if (next === undefined) return;
          const bytes = reader.bytes.subarray(reader.next, reader.next + next.length);
          expect(bytes.every((byte) => byte === (next.number & 0xff))).toBe(true);
          reader.release();
        };
        for (const step of steps) {
          if ('reads' in step) for (let count = 0; count < step.reads; count += 1) read();
          else if (write(writer, number, step.length))
            expected.push({ number: number++, length: step.length });
          else {
            // Half of it may be unused at its end.
            const held = expected.reduce((sum, { length }) => sum + length + 16, 0);
            expect(held + step.length).toBeGreaterThan(60_000);
          }
        }
        while (expected.length > 0) read();
        read();
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a record that is longer than it, and takes others after that', () => {
    const ring = new RingBuffer();
    expect(write(ring, 1, 200_000)).toBe(false);
    expect(write(ring, 2, 100)).toBe(true);
    expect(new RingBuffer(ring.memory).nextOrder).toBe(2);
  });

  it('does not let what is written come to what is not yet read', () => {
    const writer = new RingBuffer();
    const reader = new RingBuffer(writer.memory);
    for (let number = 0; number < 7; number += 1) expect(write(writer, number, 16_376)).toBe(true);
    expect(write(writer, 7, 8)).toBe(true);
    expect(reader.nextOrder).toBe(0);
    reader.release();
    // It would begin anew and end where the oldest begins, as if there were none.
    expect(write(writer, 8, 16_376)).toBe(false);
    expect(write(writer, 8, 16_368)).toBe(true);
    expect(reader.nextOrder).toBe(1);
  });

  it('does not show what was not committed', () => {
    const ring = new RingBuffer();
    ring.reserve(100);
    expect(new RingBuffer(ring.memory).nextOrder).toBeUndefined();
  });

  it('wants its reader to be woken once after it has begun to sleep, and does not let it sleep over a record', () => {
    const writer = new RingBuffer();
    const reader = new RingBuffer(writer.memory);
    expect(writer.mustWake()).toBe(false);
    expect(reader.sleep()).toBe(true);
    write(writer, 1, 8);
    expect(writer.mustWake()).toBe(true);
    expect(writer.mustWake()).toBe(false);
    expect(reader.sleep()).toBe(false);
    expect(writer.mustWake()).toBe(false);
  });
});
