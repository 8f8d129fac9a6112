import { expect, test } from 'vitest';
import { memory } from '../../host/interfaces/keyvalue/backends/memory/memory.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';

const context = { now: Date.now, operationTimeout: 1000, tell: () => {} };

test('half of a surrogate pair is no key, the whole of it is', async () => {
  const backend = await connectDefinition(memory, {}, context);
  const bucket = await backend.open('b', {});
  const value = Buffer.from('v');
  expect(() => bucket.set('x\ud800', value)).toThrow(
    /^set of key 'x.' in bucket 'b': the key "x\\ud800" has half of a surrogate pair/,
  );
  expect(() => bucket.increment('\udc00', 1n, 's64')).toThrow(/is no text/);
  await bucket.set('x\u{1f600}', value);
  expect((await bucket.listKeys(undefined)).keys).toEqual(['x\u{1f600}']);
});
