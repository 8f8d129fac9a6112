import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Debugger } from '../hostile/debugger.ts';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { KvasiDev as DevProcess } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const ttl = 1500;

test.for(['in_memory', 'filesystem', 'sqlite'])(
  '%s: what workers-kv stores is gone after its time to live',
  async (backend) => {
    await using project = await Project.create({
      '.wash/config.yaml': `dev:\n  keyvalue:\n    KV_FROM_RUST: { backend: ${backend}, ttl: ${ttl}ms }\n`,
    });
    await using kvasi = await KvasiDev.start([component('workers-kv')], { cwd: project.folder });
    await kvasi.fetch('/foo?value=bar', { method: 'PUT' });
    const written = performance.now();
    expect(await kvasi.text('/foo')).toBe('"bar"');
    await sleep(ttl - (performance.now() - written) + 50);
    expect(await kvasi.text('/foo')).toBe('""');
  },
);

test('identifiers are denied, unknown, or buckets, as the configuration says', async () => {
  await using project = await Project.create({
    '.wash/config.yaml': [
      'dev:',
      '  keyvalue:',
      '    carts: { backend: sqlite, path: kv.db }',
      '    secrets: deny',
      '    "*": no-such-store',
      '',
    ].join('\n'),
  });
  await using kvasi = await KvasiDev.start([component('kv-probe', 'kv-probe-draft2')], {
    cwd: project.folder,
  });
  const open = async (bucket: string): Promise<unknown> =>
    JSON.parse(await kvasi.text('/open', { method: 'POST', body: JSON.stringify({ bucket }) }));
  expect(await open('carts')).toEqual({ ok: null });
  expect(await open('secrets')).toEqual({ error: { case: 'access-denied' } });
  expect(await open('other')).toEqual({ error: { case: 'no-such-store' } });
  expect(kvasi.stdout).toMatch(/carts → sqlite/);
  expect(kvasi.stdout).toMatch(/secrets → deny/);
});

test('a component that opens 200,000 identifiers, one after the other, leaves nothing behind', async () => {
  const options = { env: { NODE_OPTIONS: '--inspect=127.0.0.1:0' } };
  const probe = component('kv-probe', 'kv-probe-draft2');
  await using kvasi = await DevProcess.start([probe, '--no-inspector', '--no-watch'], options);
  using debug = await Debugger.connect(await kvasi.until(/ws:\/\/\S+/));
  let opened = 0;
  const open = async (requests: number): Promise<void> => {
    for (let request = 0; request < requests; request += 1) {
      const operations = Array.from({ length: 1000 }, () => {
        opened += 1;
        return { operation: 'get', bucket: `identifier ${opened}`, key: 'k' };
      });
      const response = await kvasi.fetch('/sequence', { method: 'POST', body: JSON.stringify(operations) });
      expect(response.status).toBe(200);
      await response.arrayBuffer();
    }
  };
  const held = async (): Promise<number> => {
    const threads = await debug.held();
    return threads.reduce((sum, { heap }) => sum + heap, 0) / 1024 / 1024;
  };
  await open(50);
  const before = await held();
  await open(150);
  expect((await held()) - before).toBeLessThan(5);
});
