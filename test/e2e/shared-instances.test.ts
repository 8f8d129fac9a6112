import { describe, expect, test } from 'vitest';
import { startHost } from '../../host/testing/start-host.ts';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';

const misbehave = component('wasi-0.3/misbehave-async', 'misbehave-async');
const clock = new Date('2026-01-01T00:00:00Z');
const options = { component: misbehave, instances: 'reuse', clock } as const;
/** Waits until the clock is moved. */
const waits = '/wait?ms=3600000';

type Host = Awaited<ReturnType<typeof startHost>>;

async function text(host: Host, path: string): Promise<string> {
  return (await host.fetch(path)).text();
}

/** How many of its requests an instance has counted. */
const count = (host: Host): Promise<string> => text(host, '/count');

describe('with `instances: reuse`, an instance of a component of WASI 0.3', () => {
  test('serves several requests at once, and further ones get another one', async () => {
    await using host = await startHost({ ...options, limits: { requestsAtOncePerInstance: 4 } });
    expect(await count(host)).toBe('1');
    const waiting = [1, 2, 3].map(() => text(host, waits));
    expect([await count(host), await count(host)]).toEqual(['2', '3']);
    waiting.push(text(host, waits));
    expect(await count(host)).toBe('1');
    host.clock.advance('1h');
    expect(await Promise.all(waiting)).toEqual(Array(4).fill('waited'));
  });

  test('serves so many requests in total, and gives way to another one while the last of them go on', async () => {
    await using host = await startHost({ ...options, limits: { requestsPerInstance: 3 } });
    const waiting = text(host, waits);
    expect([await count(host), await count(host), await count(host)]).toEqual(['1', '2', '1']);
    host.clock.advance('1h');
    expect(await waiting).toBe('waited');
    expect(await count(host)).toBe('2');
  });

  test('ends with all of its requests where one traps, and no other does', async () => {
    await using host = await startHost({ ...options, limits: { requestsAtOncePerInstance: 2 } });
    const alone = [text(host, waits), text(host, waits)];
    const waiting = host.fetch(waits);
    expect(await count(host)).toBe('1');
    expect((await host.fetch('/trap')).status).toBe(500);
    expect((await waiting).status).toBe(500);
    const reasons = host
      .requests()
      .flatMap(({ path, reason }) => (reason === undefined ? [] : [[path, reason]]));
    expect(reasons).toHaveLength(2);
    expect(reasons).toContainEqual(['/trap', expect.stringMatching(/^(?!another).*unreachable/s)]);
    expect(reasons).toContainEqual([
      waits,
      expect.stringContaining('another request ended the instance that served this one as well: unreachable'),
    ]);
    host.clock.advance('1h');
    expect(await Promise.all(alone)).toEqual(['waited', 'waited']);
  });

  test('takes no more requests after one was given up, and the others go on', async () => {
    await using host = await startHost({ ...options });
    expect(await count(host)).toBe('1');
    const waiting = text(host, '/wait?ms=60000');
    const gone = new AbortController();
    const given = host.fetch(waits, { signal: gone.signal });
    expect(await count(host)).toBe('2');
    gone.abort();
    await expect(given).rejects.toThrow();
    await expect.poll(() => count(host)).toBe('1');
    host.clock.advance('1m');
    expect(await waiting).toBe('waited');
  });

  test('is new after a reset, also where requests of the old one go on', async () => {
    await using host = await startHost({ component: misbehave, instances: 'reuse' });
    expect([await count(host), await count(host)]).toEqual(['1', '2']);
    await host.reset();
    expect(await count(host)).toBe('1');
  });

  test('prints for the request that prints, whichever came last', async () => {
    await using kvasi = await KvasiDev.start([misbehave, '--instances', 'reuse', '--json']);
    await kvasi.text('/goes-on?ms=300');
    await kvasi.text('/print');
    const events = [await kvasi.until(/.*went on.*/), await kvasi.until(/.*\bprinted.*/)];
    expect(events.map((event) => JSON.parse(event).request)).toEqual([1, 2]);
  });
});

test('operations belong to the request that makes them, whichever came last', async () => {
  await using host = await startHost({
    component: component('wasi-0.3/http-kv-async', 'http-kv-async'),
    instances: 'reuse',
  });
  host.faults.add({ op: 'get', delay: '30ms' });
  const keys = ['a', 'b', 'c', 'd'];
  await Promise.all(keys.map((key) => text(host, `/?key=${key}`)));
  expect(host.operations().map(({ request, key }) => [request, key])).toEqual(
    keys.map((key, index) => [index + 1, key]),
  );
});
