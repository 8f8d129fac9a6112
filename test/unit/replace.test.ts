import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { type LoadedComponent, loadComponent } from '../../host/component/load.ts';
import { RunningHost } from '../../host/composition/running-host.ts';
import { resolveSettings } from '../../host/composition/settings.ts';
import { Transpiler } from '../../host/engine/jco/transpiler.ts';
import { DEFAULT_LIMITS } from '../../host/settings/limits.ts';
import { variantOf } from '../support/component-variant.ts';
import { component } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const transpiler = new Transpiler();
const load = (path: string): Promise<LoadedComponent> =>
  loadComponent(path, { memory: DEFAULT_LIMITS.memory, instances: 'fresh' }, transpiler, () => {});
afterAll(() => transpiler.close());

const counter = await load(component('kv-counter'));
const probe = await load(component('kv-probe', 'kv-probe-draft2'));
const misbehave = await load(component('misbehave'));
const hello = await load(component('hello'));

/** A host of its own, where it listens, and what went wrong in it. */
interface Hosted extends Pick<RunningHost, 'memory' | 'replace' | 'close'>, AsyncDisposable {
  readonly url: string;
  readonly crashes: unknown[];
}

async function hosted(first: LoadedComponent): Promise<Hosted> {
  const { settings } = await resolveSettings({ cwd: '/', env: {}, flags: { address: 'localhost:0' } });
  const crashes: unknown[] = [];
  const ignore = () => {};
  const events = {
    request: ignore,
    print: ignore,
    warning: ignore,
    replaced: ignore,
    refused: ignore,
    fault: (error: unknown) => crashes.push(error),
    crash: (error: unknown) => crashes.push(error),
  };
  const host = new RunningHost(first, settings, events);
  const { url } = await host.listen(settings.address);
  await host.start(async () => {});
  const close = (): Promise<void> => host.close();
  const replace = (component: LoadedComponent): Promise<void> => host.replace(component);
  return { url, crashes, memory: host.memory, replace, close, [Symbol.asyncDispose]: close };
}

const text = async (url: string, init?: RequestInit) => await (await fetch(url, init)).text();
const sequence = async (host: Hosted, operations: readonly object[]) => {
  const answer = await text(`${host.url}/sequence`, { method: 'POST', body: JSON.stringify(operations) });
  return (JSON.parse(answer) as { ok: string | null }[]).map(({ ok }) => Number(ok));
};
const increment = { operation: 'increment', bucket: 'b', key: 'n', delta: '1' };

test('the new component answers, with the data of the old one in memory', async () => {
  await using host = await hosted(probe);
  expect(await sequence(host, [increment, increment])).toEqual([1, 2]);
  await host.replace(misbehave);
  expect(await text(`${host.url}/leak`)).toBe('1\n');
  await host.replace(probe);
  expect(await sequence(host, [increment])).toEqual([3]);
});

test('buckets in memory outlast a component that imports no wasi:keyvalue, and can be read meanwhile', async () => {
  await using host = await hosted(counter);
  expect(await text(`${host.url}/a`)).toBe('1\n');
  await host.replace(hello);
  expect(await text(`${host.url}/a`)).toBe('Hello, world!\n');
  const bucket = await host.memory.open('counters', {});
  expect(Buffer.from((await bucket.get('a')) ?? []).toString()).toBe('1');
  await host.replace(counter);
  expect(await text(`${host.url}/a`)).toBe('2\n');
});

test('what the host itself asks of a bucket in memory is answered while the component loops', async () => {
  await using host = await hosted(probe);
  await sequence(host, [increment]);
  const body = JSON.stringify([{ operation: 'loop' }]);
  const looping = fetch(`${host.url}/sequence`, { method: 'POST', body }).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 200));
  const bucket = await host.memory.open('b', {});
  expect(await bucket.increment('n', 1n, 's64')).toBe(2n);
  expect(await sequence(host, [increment])).toEqual([3]);
  await host.close();
  await looping;
});

test('a request that was under way ends in the old component, which answers until the new one is ready', async () => {
  await using host = await hosted(misbehave);
  const slow = text(`${host.url}/sleep?ms=800`);
  const upload = text(`${host.url}/echo`, { method: 'POST', body: 'x'.repeat(1_000_000) });
  await text(`${host.url}/leak`);
  const replaced = host.replace(counter);
  // The new one has no such path.
  expect(await text(`${host.url}/leak`)).toBe('1\n');
  expect(await upload).toHaveLength(1_000_000);
  await replaced;
  expect(await text(`${host.url}/a`)).toBe('1\n');
  expect(await slow).toBe('awake\n');
});

test('a component that can’t be started leaves the old one and its data, and no request fails', async () => {
  await using host = await hosted(counter);
  expect(await text(`${host.url}/a`)).toBe('1\n');
  const replaced = host.replace({
    ...counter,
    program: {
      kind: 'transpiled',
      entry: { interface: 'wasi:http/incoming-handler@0.2.0', name: 'handle' },
      glue: 'file:///no/such/glue.js',
      modules: new Map(),
    },
  });
  const during = text(`${host.url}/a`);
  await expect(replaced).rejects.toThrow(/the worker can't start: .*glue\.js/);
  expect(await during).toBe('2\n');
  expect(await text(`${host.url}/a`)).toBe('3\n');
  expect(host.crashes, 'it is told once, by the error').toEqual([]);
});

test('a request that outlives two replacements counts on in the same bucket', async () => {
  await using host = await hosted(probe);
  const long = sequence(host, [increment, { operation: 'busy', milliseconds: 900 }, increment, increment]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await host.replace(probe);
  await host.replace(probe);
  const between = await sequence(host, [increment]);
  const counts = (await long).toSpliced(1, 1);
  expect(counts[0]).toBe(1);
  expect([...counts, ...between].sort()).toEqual([1, 2, 3, 4]);
  expect(await sequence(host, [increment])).toEqual([5]);
});

test('clients that count through many replacements get each count once', async () => {
  await using project = await Project.create();
  const bytes = await readFile(component('kv-counter'));
  const other = await load(await project.write('app.wasm', variantOf(bytes, 'other')));
  await using host = await hosted(counter);
  let isOver = false;
  const clients = Array.from({ length: 8 }, async () => {
    const counts: number[] = [];
    while (!isOver) counts.push(Number(await text(`${host.url}/a`)));
    return counts;
  });
  for (let round = 0; round < 10; round += 1) await host.replace(round % 2 === 0 ? other : counter);
  isOver = true;
  const counts = (await Promise.all(clients)).flat().sort((a, b) => a - b);
  expect(counts.length).toBeGreaterThan(10);
  expect(counts).toEqual(counts.map((_, index) => index + 1));
});

test('a component whose buckets hold 200,000 keys is replaced, and one that loops bypassed, while others are answered', async () => {
  await using host = await hosted(probe);
  const bucket = await host.memory.open('b', {});
  const value = Buffer.from('value');
  for (let first = 0; first < 200_000; first += 10_000) {
    const pairs = Array.from({ length: 10_000 }, (_, index) => [`key ${first + index}`, value] as const);
    await bucket.setMany?.(pairs);
  }
  let slowest = 0;
  let isOver = false;
  const counted: number[] = [];
  const client = async () => {
    while (!isOver) {
      const started = performance.now();
      // One that a loop has caught in the middle of an operation ends with the host.
      const [count] = await sequence(host, [increment]).catch(() => []);
      if (count === undefined) return;
      counted.push(count);
      slowest = Math.max(slowest, performance.now() - started);
    }
  };
  const clients = [client(), client(), client(), client()];
  await host.replace(probe);
  await expect.poll(() => counted.length).toBeGreaterThan(20);
  expect(slowest).toBeLessThan(1000);
  const body = JSON.stringify([{ operation: 'loop' }]);
  const looping = fetch(`${host.url}/sequence`, { method: 'POST', body }).catch(() => {});
  clients.push(client());
  const before = counted.length;
  await expect.poll(() => counted.length, { timeout: 10_000 }).toBeGreaterThan(before + 200);
  expect(slowest).toBeLessThan(3000);
  isOver = true;
  expect(new Set(counted).size, 'no count is given twice').toBe(counted.length);
  const last = await sequence(host, [{ operation: 'get', bucket: 'b', key: 'key 199999' }]);
  expect(last).toHaveLength(1);
  expect(Buffer.from((await bucket.get('key 199999')) ?? '').toString()).toBe('value');
  await host.close();
  await Promise.all([looping, ...clients]);
});
