import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildGuest, keptGuests } from '../../bench/guests/build-guest.ts';
import { type GuestName, guests, toolVersion } from '../../bench/guests/guests.ts';
import { startHost, type TestHost } from '../../host/testing.ts';
import { component, KvasiDev, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const names = Object.keys(guests) as GuestName[];
const installed = new Set<GuestName>();
for (const name of names) {
  if ((await toolVersion(guests[name])) !== undefined) installed.add(name);
  else console.warn(`SKIPPED: ${guests[name].needs} is not installed; see bench/guests/README.md.`);
}

const building = 600_000;
const nothing = { requests: 0, kept: 0, bucket: false, global: false };
const set = (key: string, value: string): RequestInit => ({
  method: 'POST',
  body: JSON.stringify({ key, value }),
});

async function hoard(host: TestHost): Promise<unknown> {
  return await (await host.fetch('/hoard')).json();
}

for (const name of names) {
  if (!installed.has(name)) test.skip(`a guest in ${name}: ${guests[name].needs} is not installed`, () => {});
}

describe.for(names.filter((name) => installed.has(name)))('a guest in %s', (name) => {
  let path = '';
  test('builds', { timeout: building }, async () => {
    path = (await buildGuest(name, keptGuests)) ?? '';
    expect(path).not.toBe('');
  });

  test('is linked by kvasi and brought back to its start', async () => {
    const { stdout } = await runKvasi(['inspect', path, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ linked: 'by kvasi', fresh: 'by reset' });
  });

  test('reads and writes keys, for 64 clients at once', async () => {
    await using host = await startHost({ component: path });
    const clients = Array.from({ length: 64 }, async (_, number) => {
      const stored = await host.fetch('/set', set(`key ${number}`, `value ${number}`));
      expect(await stored.text()).toBe(`Stored 'key ${number}'\n`);
      const read = await host.fetch(`/get?key=key+${number}`);
      expect([read.status, await read.text()]).toEqual([200, `value ${number}`]);
    });
    await Promise.all(clients);
    expect((await host.fetch('/get?key=missing')).status).toBe(404);
  });

  test('finds nothing of earlier requests, also after one has trapped, or loops', async () => {
    await using host = await startHost({ component: path });
    for (let round = 0; round < 2; round += 1) {
      expect(await hoard(host)).toMatchObject(nothing);
      const found = await Promise.all(Array.from({ length: 3 }, () => hoard(host)));
      for (const each of found) expect(each).toMatchObject(nothing);
    }
    const trapped = await host.fetch('/trap');
    expect(trapped.status).toBe(500);
    // JavaScript begins its answer before it ends.
    await trapped.text().catch(() => {});
    expect(await hoard(host)).toMatchObject(nothing);
    await expect(host.fetch('/loop', { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    expect(await hoard(host)).toMatchObject(nothing);
  });

  // The engine of JavaScript takes one event `fetch` in its life.
  test.skipIf(name === 'javascript')('finds what it left where instances are reused', async () => {
    await using host = await startHost({ component: path, instances: 'reuse' });
    await hoard(host);
    expect(await hoard(host)).toMatchObject({ requests: 1, kept: 1, bucket: true, global: true });
  });

  test('has the buckets of a snapshot', async () => {
    await using host = await startHost({ component: path });
    await (await host.fetch('/set', set('k', 'before'))).text();
    const snapshot = await host.snapshot();
    await (await host.fetch('/set', set('k', 'after'))).text();
    await host.restore(snapshot);
    expect(await (await host.fetch('/get?key=k')).text()).toBe('before');
  });

  test('takes the place of another component, and gives it back', async () => {
    await using project = await Project.create();
    const app = join(project.folder, 'app.wasm');
    await cp(component('hello'), app);
    await using kvasi = await KvasiDev.start(['app.wasm'], { cwd: project.folder });
    expect(await kvasi.text('/')).toBe('Hello, world!\n');
    await cp(path, app);
    await expect.poll(() => kvasi.text('/'), { timeout: 20_000 }).toBe('Ready\n');
    await cp(component('hello'), app);
    await expect.poll(() => kvasi.text('/'), { timeout: 20_000 }).toBe('Hello, world!\n');
  });
});
