import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startHost } from '../../host/testing/start-host.ts';
import { component } from '../support/kvasi-process.ts';

test('instances of requests whose clients went away know nothing of them', async () => {
  await using host = await startHost({ component: component('hoarder') });
  const first = await (await host.fetch('/')).json();
  const own = host
    .operations()
    .map(({ request: _, start: __, milliseconds: ___, ...operation }) => operation);
  const requests = new Map<number, unknown[]>();
  for (let round = 0; round < 8; round += 1) {
    host.faults.clear();
    host.faults.add({ op: 'set', delay: ['5ms', '40ms'] });
    const leaving = Array.from({ length: 16 }, async (_, index) => {
      const abort = new AbortController();
      const gone = host.fetch('/', { signal: abort.signal }).catch(() => {});
      await sleep(index);
      abort.abort();
      await gone;
    });
    const staying = Array.from({ length: 8 }, async () => {
      await sleep(10);
      return await (await host.fetch('/')).json();
    });
    for (const found of await Promise.all(staying)) expect(found).toEqual(first);
    await Promise.all(leaving);
  }
  await sleep(60);
  host.faults.clear();
  await host.reset();
  for (let count = 0; count < 40; count += 1) expect(await (await host.fetch('/')).json()).toEqual(first);
  for (const { request, start: _, milliseconds: __, ...operation } of host.operations())
    requests.set(request, [...(requests.get(request) ?? []), operation]);
  expect(requests.size).toBe(40);
  for (const operations of requests.values()) expect(operations).toEqual(own);
});
