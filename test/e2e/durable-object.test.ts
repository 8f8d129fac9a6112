import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { component, KvasiDev, root } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

/** The component's folder as somebody has it, with no state yet. */
async function ownFolder(): Promise<Project> {
  const folder = join(root, 'components/durable-object');
  const project = await Project.create({
    '.wash/config.yaml': await readFile(join(folder, '.wash/config.yaml'), 'utf8'),
  });
  await cp(component('durable-object'), join(project.folder, 'durable-object.wasm'));
  return project;
}

test('64 clients of two hosts lose no change, and the state is there after a restart', async () => {
  await using project = await ownFolder();
  const args = ['-C', project.folder];
  {
    await using one = await KvasiDev.start(args);
    await using other = await KvasiDev.start(args);
    const answers = await Promise.all(
      Array.from({ length: 64 }, async (_, client) => {
        const host = client % 2 === 0 ? one : other;
        for (let round = 0; round < 3; round += 1) {
          const response = await host.fetch('/cart/add?n=3', { method: 'POST' });
          expect(response.status).toBe(200);
        }
        return client;
      }),
    );
    expect(answers).toHaveLength(64);
    expect(await one.text('/cart')).toBe('{"value":576,"changes":192}');
  }
  await using one = await KvasiDev.start(args);
  await using other = await KvasiDev.start(args);
  for (const host of [one, other]) {
    expect(await host.text('/cart')).toBe('{"value":576,"changes":192}');
    expect(await host.text('/another')).toBe('{"value":0,"changes":0}');
  }
});

test('what is no change is refused and changes nothing', async () => {
  await using project = await ownFolder();
  await using kvasi = await KvasiDev.start(['-C', project.folder]);
  const add = async (n: string) => (await kvasi.fetch(`/cart/add?n=${n}`, { method: 'POST' })).status;
  expect(await add('9223372036854775807')).toBe(200);
  expect(await add('1')).toBe(409);
  expect(await add('much')).toBe(400);
  expect((await kvasi.fetch('/cart/add?n=much')).status).toBe(405);
  expect((await kvasi.fetch('/cart', { method: 'DELETE' })).status).toBe(405);
  for (const path of ['/', '/cart/', '/cart/remove']) expect((await kvasi.fetch(path)).status).toBe(404);
  expect((await kvasi.fetch('//add', { method: 'POST' })).status, 'no name').toBe(404);
  expect(await kvasi.text('/cart')).toBe('{"value":9223372036854775807,"changes":1}');
});
