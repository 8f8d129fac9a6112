import { expect, test } from 'vitest';
import { InMemoryBackend } from '../../host/interfaces/keyvalue/backends/memory/in-memory.ts';

test('half of a surrogate pair is no key, the whole of it is', () => {
  const bucket = new InMemoryBackend().open('b', {});
  const value = Buffer.from('v');
  expect(() => bucket.set('x\ud800', value)).toThrow(/key "x\\ud800" has half of a surrogate pair/);
  expect(() => bucket.increment('\udc00', 1n, 's64')).toThrow(/is no text/);
  bucket.set('x\u{1f600}', value);
  expect(bucket.listKeys(undefined).keys).toEqual(['x\u{1f600}']);
});
