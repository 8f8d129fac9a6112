import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linking } from '../../host/component/linking.ts';
import { decodeComponent } from '../../host/engine/decode/decode.ts';
import { linkOf } from '../../host/engine/link/program.ts';
import { makeResettable } from '../../host/engine/reset/prepare.ts';
import { loadInterfaces } from '../../host/interfaces/index.ts';
import { startHost } from '../../host/testing/start-host.ts';
import { component } from '../support/kvasi-process.ts';
import { wrapped } from '../support/wrapped-component.ts';

await loadInterfaces();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kvasi-wrapped-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function wrappedFile(name: string): Promise<string> {
  const path = join(folder, `${name}.wasm`);
  await writeFile(path, wrapped(wrapped(await readFile(component(name)))));
  return path;
}

test.for(['hello', 'http-kv-handler', 'http-kv-wstd', 'kv-counter', 'misbehave', 'hoarder', 'kv-race'])(
  '%s is linked and reset alike within another component',
  async (name) => {
    const alone = linkOf(decodeComponent(await readFile(component(name))), linking);
    const within = linkOf(decodeComponent(await readFile(await wrappedFile(name))), linking);
    if ('problem' in alone || 'problem' in within) throw new Error('each of them can be linked');
    expect(within.plan.modules).toEqual(alone.plan.modules);
    expect(within.plan.instances).toEqual(alone.plan.instances);
    expect(within.suspending).toEqual(alone.suspending);
    const reset = makeResettable(within.plan, { notes: true });
    expect(reset).toEqual(makeResettable(alone.plan, { notes: true }));
    expect(reset).not.toHaveProperty('problem');
  },
);

test('a component within others finds a fresh instance with each request, also after it waited for a store', async () => {
  await using host = await startHost({ component: await wrappedFile('hoarder') });
  const first = await (await host.fetch('/')).json();
  expect(first).toMatchObject({ pattern: 0, static: 0, bucket: false });
  for (let count = 0; count < 20; count += 1) expect(await (await host.fetch('/')).json()).toEqual(first);
  host.faults.add({ op: 'set', delay: ['1ms', '10ms'] });
  const answers = await Promise.all(
    Array.from({ length: 40 }, async () => await (await host.fetch('/')).json()),
  );
  for (const answer of answers) expect(answer).toEqual(first);
});

test('a component that traps within others fails its own request, and no other', async () => {
  await using host = await startHost({ component: await wrappedFile('hoarder') });
  const first = await (await host.fetch('/')).json();
  expect((await host.fetch('/?trap')).status).toBe(500);
  expect(await (await host.fetch('/')).json()).toEqual(first);
});
