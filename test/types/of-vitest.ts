/** What the types of `kvasi/vitest` take and refuse: compiled by tests, never run. */
import { matchers, type TestHost } from 'kvasi/testing';
import { describeBackends, hostTest } from 'kvasi/vitest';
import { expect } from 'vitest';

expect.extend(matchers);

const test = hostTest({ component: 'app.wasm' });

test('right', async ({ host }) => {
  await expect(await host.fetch('/')).toHaveStatus(200);
  await expect(host).toHaveEntry('a', 'k', { items: [expect.any(Number)] });
  await expect(host).not.toHaveEntry('a', 'k');
  expect(host).toHaveOperation({ op: 'get', size: expect.any(Number), error: undefined });
});

test('wrong', async ({ host }) => {
  // @ts-expect-error it is no number
  await expect(await host.fetch('/')).toHaveStatus('200');
  // @ts-expect-error a key is missing
  await expect(host).toHaveEntry('a');
  // @ts-expect-error it is called op
  expect(host).toHaveOperation({ oop: 'get' });
  // @ts-expect-error it is no operation
  expect(host).toHaveOperation({ op: 'gett' });
});

// @ts-expect-error it has no such option
hostTest({ component: 'app.wasm', keyvalues: {} });

await describeBackends(
  ['in_memory', 'redis'],
  { component: 'app.wasm', keyvalue: { a: 'deny', b: { ttl: '60s' }, c: { backend: 'in_memory' } } },
  (it, backend) => {
    it(backend, async ({ host }) => {
      const given: TestHost = host;
      console.log(given);
    });
  },
);

// @ts-expect-error no backend has that name
await describeBackends(['redsi'], { component: 'app.wasm' }, () => {});
// @ts-expect-error it is called ttl
await describeBackends(['redis'], { component: 'app.wasm', keyvalue: { a: { tll: '60s' } } }, () => {});
