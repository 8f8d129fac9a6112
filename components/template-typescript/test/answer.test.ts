import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get, post } from '../src/answer.ts';

const query = (text: string) => new URLSearchParams(text);

test('a value that was stored is found', () => {
  const bucket = new Map<string, Uint8Array>();
  const stored = post(bucket, '{"key": "mykey", "value": "myvalue"}');
  assert.deepEqual(stored, { status: 200, text: "[in_memory] Stored 'mykey'" });
  assert.deepEqual(get(bucket, query('key=mykey')), { status: 200, text: '[in_memory] myvalue' });
});

test('what can not be answered is refused', () => {
  const bucket = new Map<string, Uint8Array>();
  assert.equal(get(bucket, query('')).status, 400);
  assert.equal(get(bucket, query('key=missing')).status, 404);
  for (const body of ['no json', 'null', '{"key": 1}']) assert.equal(post(bucket, body).status, 400);
  assert.equal(bucket.size, 0);
});
