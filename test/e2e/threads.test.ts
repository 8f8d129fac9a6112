import { describe, expect, test } from 'vitest';
import { component, KvasiDev, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const draft2 = component('kv-probe', 'kv-probe-draft2');
const draft = component('kv-probe', 'kv-probe-draft');

const start = (path: string, ...args: string[]) => KvasiDev.start([path, '--threads', '3', ...args]);

async function call(kvasi: KvasiDev, operation: string, fields: object = {}): Promise<{ ok?: unknown }> {
  const body = JSON.stringify({ bucket: 'b', ...fields });
  const response = await kvasi.fetch(`/${operation}`, { method: 'POST', body });
  return (await response.json()) as { ok?: unknown };
}

async function count(kvasi: KvasiDev): Promise<number> {
  const { ok } = await call(kvasi, 'increment', { key: 'n', delta: '1' });
  return Number(ok);
}

const sequence = (kvasi: KvasiDev, operations: readonly object[]) =>
  kvasi.fetch('/sequence', { method: 'POST', body: JSON.stringify(operations) });

/** Calls until all threads take part: they start one after another. */
async function warm(kvasi: KvasiDev): Promise<void> {
  for (let round = 0; round < 20; round += 1)
    await Promise.all(Array.from({ length: 6 }, () => call(kvasi, 'get', { key: 'none' })));
}

test('requests are answered while others compute', async () => {
  await using kvasi = await start(draft2);
  await warm(kvasi);
  let ended = 0;
  const computing = [1, 2].map(() =>
    sequence(kvasi, [{ operation: 'busy', milliseconds: 900 }]).then(() => {
      ended += 1;
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  await call(kvasi, 'get', { key: 'none' });
  expect(ended, 'computations that had ended when the short request was answered').toBe(0);
  await Promise.all(computing);
});

test('all threads have the same buckets in memory, and no count is lost', async () => {
  await using kvasi = await start(draft2);
  const counts: number[] = [];
  const client = async (): Promise<void> => {
    for (let round = 0; round < 20; round += 1) counts.push(await count(kvasi));
  };
  await Promise.all(Array.from({ length: 24 }, client));
  expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: 480 }, (_, index) => index + 1));
});

test('while a request loops, the others count on, in the same buckets', {
  timeout: 60_000,
}, async () => {
  await using kvasi = await start(draft2, '--request-timeout', '6s');
  await warm(kvasi);
  const loops = [1, 2, 3].map(async () => (await sequence(kvasi, [{ operation: 'loop' }])).status);
  await kvasi.until(/keeps its thread busy(.|\n)*keeps its thread busy(.|\n)*keeps its thread busy/);
  let isOver = false;
  const counts: number[] = [];
  const clients = Array.from({ length: 8 }, async () => {
    while (!isOver) counts.push(await count(kvasi));
  });
  await expect.poll(() => counts.length, { timeout: 3000 }).toBeGreaterThan(100);
  expect(await Promise.all(loops)).toEqual([504, 504, 504]);
  isOver = true;
  await Promise.all(clients);
  expect(counts.sort((a, b) => a - b)).toEqual(counts.map((_, index) => index + 1));
});

test('a client may bring a listing’s cursor to another thread, or to the one that replaced it', async () => {
  await using kvasi = await start(draft);
  await warm(kvasi);
  const all = Array.from({ length: 2500 }, (_, index) => `key-${String(index).padStart(5, '0')}`);
  const entries = all.map((key) => [key, 'MQ==']);
  expect(await call(kvasi, 'set-many', { entries })).toEqual({ ok: null });
  const listing = async (): Promise<string[]> => {
    const keys: string[] = [];
    let cursor: string | null = null;
    do {
      const fields: object = cursor === null ? {} : { cursor };
      const page = (await call(kvasi, 'list-keys', fields)) as {
        ok: { keys: string[]; cursor: string | null };
      };
      keys.push(...page.ok.keys);
      cursor = page.ok.cursor;
    } while (cursor !== null);
    return keys;
  };
  const listings = await Promise.all(Array.from({ length: 12 }, listing));
  for (const keys of listings) expect(keys).toEqual(all);
});

test('a thread that traps leaves the others and the data', async () => {
  await using kvasi = await start(draft2);
  await warm(kvasi);
  await call(kvasi, 'set', { key: 'k', value: 'MQ==' });
  const traps = Array.from(
    { length: 9 },
    async () => (await sequence(kvasi, [{ operation: 'trap' }])).status,
  );
  expect(await Promise.all(traps)).toEqual(Array(9).fill(500));
  const reads = Array.from({ length: 9 }, () => call(kvasi, 'get', { key: 'k' }));
  expect(await Promise.all(reads)).toEqual(Array(9).fill({ ok: 'MQ==' }));
});

describe('the number of threads', () => {
  test.each(['0', '65', '-1', '1.5', 'two'])('%s is refused', async (given) => {
    const { code, stderr } = await runKvasi(['dev', draft2, `--threads=${given}`]);
    expect(code).toBe(2);
    expect(stderr).toContain(`--threads is "${given}". Expected a whole number from 1 to 64.`);
  });

  test('comes from the file, the environment or the command line', async () => {
    await using project = await Project.create({ '.wash/config.yaml': 'dev:\n  threads: 3\n' });
    const shown = async (args: string[], env: Record<string, string> = {}) =>
      (await runKvasi(['config', ...args], { cwd: project.folder, env })).stdout;
    expect(await shown([])).toMatch(/threads = 3 +\(from .wash\/config.yaml:2:3\)/);
    expect(await shown([], { KVASI_THREADS: '2' })).toMatch(/threads = 2 +\(from KVASI_THREADS\)/);
    expect(await shown(['--threads', '4'], { KVASI_THREADS: '2' })).toMatch(
      /threads = 4 +\(from --threads\)/,
    );
  });

  test('in the file it is a number', async () => {
    await using project = await Project.create({ '.wash/config.yaml': 'dev:\n  threads: many\n' });
    const { code, stderr } = await runKvasi(['config'], { cwd: project.folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(/dev\.threads is "many"\. Expected a whole number from 1 to 64/);
  });
});
