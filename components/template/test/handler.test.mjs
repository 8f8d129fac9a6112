import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHost } from 'kvasi/testing';

const component = new URL('../target/wasm32-wasip2/release/app_name.wasm', import.meta.url);

test('what somebody else has stored is found', async () => {
  await using host = await startHost({ component });
  await host.bucket('in_memory').set('mykey', 'from outside');
  const response = await host.fetch('/?key=mykey');
  assert.equal(response.status, 200);
  assert.equal(await response.text(), '[in_memory] from outside\n');
});

test('of two values for a key the last one counts', async () => {
  await using host = await startHost({ component });
  for (const value of ['first', 'second']) {
    const response = await host.fetch('/', { method: 'POST', body: JSON.stringify({ key: 'mykey', value }) });
    assert.equal(response.status, 200, await response.text());
  }
  assert.equal(await host.bucket('in_memory').getText('mykey'), 'second');
});
