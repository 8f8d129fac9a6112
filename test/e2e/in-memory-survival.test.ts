import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-process.ts';

const probe = component('kv-probe', 'kv-probe-draft2');
const value = Buffer.from('acknowledged').toString('base64');
const set = { operation: 'set', bucket: 'b', key: 'k', value };
const increment = { operation: 'increment', bucket: 'b', key: 'n', delta: '1' };

function sequence(kvasi: KvasiDev, operations: readonly object[]): Promise<Response> {
  return kvasi.fetch('/sequence', { method: 'POST', body: JSON.stringify(operations) });
}

async function call(kvasi: KvasiDev, operation: string, fields: object): Promise<unknown> {
  const response = await kvasi.fetch(`/${operation}`, { method: 'POST', body: JSON.stringify(fields) });
  return await response.json();
}

const read = (kvasi: KvasiDev) => call(kvasi, 'get', { bucket: 'b', key: 'k' });

async function count(kvasi: KvasiDev): Promise<number> {
  const { ok } = (await call(kvasi, 'increment', { bucket: 'b', key: 'n', delta: '1' })) as { ok: string };
  return Number(ok);
}

test('a value that was set before a trap is there for the next request', async () => {
  await using kvasi = await KvasiDev.start([probe]);
  const response = await sequence(kvasi, [set, { operation: 'trap' }]);
  expect(response.status).toBe(500);
  expect(await response.text()).toContain('unreachable');
  expect(await read(kvasi)).toEqual({ ok: value });
});

test('a value that was set before an endless loop is there while it loops and after it was ended', async () => {
  await using kvasi = await KvasiDev.start([probe, '--request-timeout', '5s']);
  let isOver = false;
  const loop = sequence(kvasi, [set, { operation: 'loop' }]).finally(() => {
    isOver = true;
  });
  await expect.poll(() => read(kvasi), { timeout: 10_000 }).toEqual({ ok: value });
  expect(await Promise.all([read(kvasi), read(kvasi)])).toEqual([{ ok: value }, { ok: value }]);
  expect(isOver, 'others were answered while it looped').toBe(false);
  expect((await loop).status).toBe(504);
  // The thread is ended: a loop that went on would take a processor.
  if (process.platform === 'linux')
    await expect.poll(() => load(kvasi), { timeout: 10_000 }).toBeLessThan(0.5);
  expect(await read(kvasi)).toEqual({ ok: value });
});

test('a long computation counts on in the buckets of the thread that replaced its own', async () => {
  await using kvasi = await KvasiDev.start([probe]);
  let isOver = false;
  const long = sequence(kvasi, [increment, { operation: 'busy', milliseconds: 3000 }, increment])
    .then((response) => response.json() as Promise<{ ok: string | null }[]>)
    .finally(() => {
      isOver = true;
    });
  const clients = Array.from({ length: 4 }, async () => {
    const counts: number[] = [];
    while (!isOver) counts.push(await count(kvasi));
    return counts;
  });
  const [first, , second] = (await long).map(({ ok }) => Number(ok));
  const others = (await Promise.all(clients)).flat();

  await kvasi.until(/keeps its thread busy/);
  expect(others.filter((n) => n > Number(first) && n < Number(second)).length).toBeGreaterThan(0);
  const counts = [Number(first), Number(second), ...others].sort((a, b) => a - b);
  expect(counts, 'each count is given out once').toEqual(counts.map((_, index) => index + 1));
  expect(await count(kvasi)).toBe(counts.length + 1);
});

/** How many processors the host keeps busy. */
async function load({ pid }: KvasiDev): Promise<number> {
  const seconds = async () => {
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  };
  const before = await seconds();
  await new Promise((resolve) => setTimeout(resolve, 300));
  return ((await seconds()) - before) / 0.3;
}
