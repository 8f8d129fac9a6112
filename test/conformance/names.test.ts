import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketName, keyOf, subjectOf } from '../../host/interfaces/keyvalue/backends/nats/subjects.ts';
import { bucketPrefix } from '../../host/interfaces/keyvalue/backends/redis/redis-keys.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', '.', '%', '=', ':', '2', '5', '3', 'A', '*', '>', ' ', '~') }),
);
const prefix = '$KV.b.';

describe('names in the stores', () => {
  test('every key has a subject that NATS takes, and is read back from it', () => {
    fc.assert(
      fc.property(text, (key) => {
        const { subject, header = '' } = subjectOf(prefix, key);
        expect(subject).toMatch(/^[-/_=%~a-zA-Z0-9$]+(\.[-/_=%~a-zA-Z0-9]+)*$/);
        expect(keyOf(prefix, subject, header)).toBe(key);
      }),
      { numRuns: 2000 },
    );
  });

  test('a key that is too long for a subject is read back from its header', () => {
    for (const key of ['k'.repeat(4000), '🦀'.repeat(12_000), '.'.repeat(2000)]) {
      const { subject, header = '' } = subjectOf(prefix, key);
      expect(subject.length).toBeLessThan(100);
      expect(keyOf(prefix, subject, header)).toBe(key);
    }
  });

  test('a key that wash can write is its own subject', () => {
    const unit = fc.constantFrom('a', 'Z', '0', '-', '/', '_', '=');
    const part = fc.string({ unit, minLength: 1 });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        expect(subjectOf(prefix, parts.join('.')).subject).toBe(prefix + parts.join('.'));
      }),
    );
  });

  test('subjects that are none of a key are no keys', () => {
    for (const subject of ['$KV.other.k', '$KV.b.%6B', '$KV.b.%zz', '$KV.b.%~00', '$KV.b.%2e']) {
      expect(keyOf(prefix, subject, ''), subject).toBeUndefined();
    }
  });

  test('no two buckets have one name', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        fc.pre(one !== other);
        expect(bucketName(one)).not.toBe(bucketName(other));
        const [first, second] = [bucketPrefix(one), bucketPrefix(other)];
        expect(first.startsWith(second)).toBe(false);
      }),
      { numRuns: 2000 },
    );
    expect(bucketPrefix('plain name')).toBe('plain name:');
    expect(bucketPrefix('50%')).toBe('50%:');
    expect(bucketName('A_b-1')).toBe('A_b-1');
  });
});
