import { describe, expect, test } from 'vitest';
import { startHost, type TestHost, type TestHostOptions } from '../../host/testing.ts';
import { component } from '../support/kvasi-process.ts';

const storefront = component('linked/storefront', 'storefront');
const pricing = component('linked/pricing', 'pricing');
const both = { component: storefront, components: [{ name: 'pricing', file: pricing }] };

const start = (options: Partial<TestHostOptions> = {}): Promise<TestHost> =>
  startHost({ ...both, ...options });

const text = async (host: TestHost, path: string): Promise<string> => await (await host.fetch(path)).text();

describe('two components', () => {
  test('call each other with values and resources', async () => {
    await using host = await start();
    expect(await text(host, '/quote?item=tea&count=12')).toBe('12 tea: 4860\n');
    expect(await text(host, '/quote?item=gold')).toBe('no gold is sold\n');
    expect(await text(host, '/quote?item=tea&count=5000')).toBe('at most 1000 are sold\n');
    expect(await text(host, '/basket?owner=Zo%C3%AB')).toBe('2 quotes, 4150 of 4470, Zoë pays 4150\n');
  });

  test('have variables and values of their own over those of both', async () => {
    await using host = await start({
      environment: { SHOP: 'corner', LEVEL: 'low' },
      config: { currency: 'USD' },
      components: [
        {
          name: 'pricing',
          file: pricing,
          environment: { LEVEL: 'high', ONLY: 'there' },
          config: { currency: 'EUR' },
        },
      ],
    });
    expect(await text(host, '/environment')).toBe(
      'here: LEVEL=low SHOP=corner\nthere: LEVEL=high ONLY=there SHOP=corner\n',
    );
    expect(await text(host, '/setting?key=currency')).toBe('Some("EUR")\n');
  });

  test('a trap is told with the component that it happened in, and ends nothing else', async () => {
    await using host = await start();
    expect((await host.fetch('/panic-there')).status).toBe(500);
    expect((await host.fetch('/panic-here')).status).toBe(500);
    const [there, here] = host.requests();
    expect(there?.reason).toContain('pricing: unreachable');
    expect(there?.backtrace[0]).toMatch(/^pricing: pricing::give_up @/);
    expect(there?.backtrace.some((frame) => frame.startsWith('main: '))).toBe(true);
    expect(here?.reason).toContain('main: unreachable');
    expect(here?.backtrace[0]).toMatch(/^main: storefront::stumble @/);
    expect(await text(host, '/quote?item=tea')).toBe('1 tea: 450\n');
  });

  test('share the buckets of the host, which snapshots have as a whole', async () => {
    await using host = await start();
    await using other = await start();
    expect(await text(host, '/sell?item=tea')).toBe('1 1\n');
    const snapshot = await host.snapshot();
    expect(await text(host, '/sell?item=tea')).toBe('2 2\n');
    expect(await host.bucket('prices').getText('tea')).toBe('2');
    expect(await host.bucket('sales').getText('tea')).toBe('2');
    await host.restore(snapshot);
    expect(await text(host, '/sell?item=tea')).toBe('2 2\n');
    expect(await text(other, '/sell?item=tea'), 'another host has buckets of its own').toBe('1 1\n');
  });

  test('get the faults that a test injects, each in what it does itself', async () => {
    await using host = await start();
    host.faults.add({ bucket: 'prices', op: 'increment', error: 'other', message: 'no ink' });
    expect(await text(host, '/sell?item=tea')).toContain('no ink');
    expect(await host.bucket('sales').getText('tea')).toBe('1');
    expect(await host.bucket('prices').getText('tea')).toBe(undefined);
  });

  test.each(['in_memory', 'sqlite'] as const)('64 clients lose nothing on %s', async (backend) => {
    await using host = await start({ keyvalue: { default: backend } });
    const rounds = 8;
    const counts = await Promise.all(
      Array.from({ length: 64 }, async () => {
        const own: string[] = [];
        for (let round = 0; round < rounds; round += 1) own.push(await text(host, '/sell?item=tea'));
        return own;
      }),
    );
    const all = Array.from({ length: 64 * rounds }, (_, index) => index + 1);
    const numbers = counts.flat().map((line) => line.trim().split(' ').map(Number));
    const sorted = (place: number) => numbers.map((pair) => pair[place] ?? 0).sort((a, b) => a - b);
    expect(sorted(0)).toEqual(all);
    expect(sorted(1)).toEqual(all);
    expect(await host.bucket('prices').getText('tea')).toBe(String(64 * rounds));
  });
});

describe('the memory of a component', () => {
  const served = async (host: TestHost): Promise<number> => Number(await text(host, '/served'));

  test('begins anew with each request', async () => {
    await using host = await start();
    await text(host, '/quotes?calls=5');
    expect(await served(host)).toBe(0);
  });

  test('stays in as many instances as poolSize says', async () => {
    await using host = await start({ components: [{ name: 'pricing', file: pricing, poolSize: 1 }] });
    await text(host, '/quotes?calls=5');
    expect(await served(host)).toBe(5);
    await text(host, '/quotes?calls=2');
    expect(await served(host)).toBe(7);
    // Resources are given back at their end, so the instance stays.
    await text(host, '/basket?owner=ann');
    expect(await served(host)).toBe(10);
  });

  test('begins anew after maxInvocations', async () => {
    await using host = await start({
      components: [{ name: 'pricing', file: pricing, poolSize: 1, maxInvocations: 7 }],
    });
    await text(host, '/quotes?calls=5');
    // The sixth call.
    expect(await served(host)).toBe(5);
    // The seventh and the eighth: after them it begins anew.
    await text(host, '/quotes?calls=2');
    expect(await served(host)).toBe(0);
  });
});

describe('routes', () => {
  const hello = component('hello');
  const counter = component('kv-counter');

  test('lead to components by path, and the longest that fits counts', async () => {
    await using host = await startHost({
      component: hello,
      components: [
        { name: 'pricing', file: pricing },
        { name: 'shop', file: storefront },
        { name: 'counter', file: counter },
      ],
      routes: [
        { path: '/quote', component: 'shop' },
        { path: '/a/', component: 'counter' },
        { path: '/a/b', component: 'main' },
      ],
    });
    const greeting = await text(host, '/');
    expect(await text(host, '/quote?item=tea')).toBe('1 tea: 450\n');
    expect(await text(host, '/quotes'), 'a path is no prefix of a longer name').toBe(greeting);
    expect(await text(host, '/a/x')).toBe('1\n');
    expect(await text(host, '/a')).toBe('1\n');
    expect(await text(host, '/a/b/c')).toBe(greeting);
    expect(await text(host, '/quote?item=tea')).toBe('1 tea: 450\n');
  });
});

test('a component may have hosts of its own that it sends requests to', async () => {
  const url = 'https://api.example.com/';
  const sent = async (all: readonly string[], own: readonly string[]): Promise<string> => {
    await using host = await startHost({
      component: component('hello'),
      allowedHosts: all,
      components: [{ name: 'sender', file: component('outgoing/forward', 'forward'), allowedHosts: own }],
      routes: [{ path: '/forward', component: 'sender' }],
    });
    host.outgoing.respond(url, { body: 'there' });
    return await text(host, `/forward?${new URLSearchParams({ url })}`);
  };
  expect(await sent([], ['api.example.com'])).toBe('there');
  expect(await sent(['*'], [])).toContain('HttpRequestDenied');
});
