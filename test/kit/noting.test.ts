import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../host/config/limits.ts';
import { ControlledClock } from '../../host/controlled-clock.ts';
import { loadOnce } from '../../host/kit/loaded-components.ts';
import { resolveOptions } from '../../host/kit/resolve-options.ts';
import { ServedComponent } from '../../host/kit/served-component.ts';
import { startHost } from '../../host/kit/start-host.ts';
import { TestHost } from '../../host/kit/test-host.ts';
import { component } from '../support/kvasi-process.ts';

// Modules that note are for components that are linked by this host.
delete process.env.KVASI_LOWERING;

const options = { component: component('hoarder') };

/** A host that has found requests to be short from the first on. */
async function startNoting(): Promise<TestHost> {
  const loaded = await loadOnce(options.component, DEFAULT_LIMITS.memory);
  if (loaded.program.kind !== 'linked') throw new Error('the component is linked by this host');
  const program = { ...loaded.program, modules: await loaded.noting() };
  const { settings, data } = await resolveOptions(options);
  const clock = new ControlledClock();
  const served = new ServedComponent({ ...loaded, program }, settings, data, clock, undefined);
  const host = new TestHost(served, options);
  await host.start();
  return host;
}

let host: TestHost;
beforeEach(async () => {
  host = await startNoting();
});
afterEach(() => host.close());

const find = async (path = '/') => await (await host.fetch(path)).json();

test('a component that notes what it writes finds nothing of earlier requests', async () => {
  const first = await find();
  expect(first).toMatchObject({ pattern: 0, static: 0, bucket: false });
  expect(await find('/?low')).toEqual(first);
  for (let count = 0; count < 50; count += 1) expect(await find()).toEqual(first);
  const found = await Promise.all(Array.from({ length: 32 }, () => find()));
  for (const each of found) expect(each).toEqual(first);
  expect((await host.fetch('/?trap')).status).toBe(500);
  expect(await find()).toEqual(first);
});

test('it finds nothing of requests that waited for their store', async () => {
  const first = await find();
  host.faults.add({ op: 'set', delay: 1 });
  for (let round = 0; round < 10; round += 1) {
    const found = await Promise.all(Array.from({ length: 16 }, () => find()));
    for (const each of found) expect(each).toEqual(first);
  }
});

test('it does what it does otherwise', async () => {
  await using other = await startHost(options);
  expect(await find()).toEqual(await (await other.fetch('/')).json());
});
