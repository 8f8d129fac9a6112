import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-process.ts';
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
