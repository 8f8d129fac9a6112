// As a namespace: of an old Node a name that it does not have would be all that is said.
import * as module from 'node:module';
import { workloadOf } from '../component/workload.ts';
import { enableJspi } from '../engine/jspi.ts';
import { mostMemory } from '../settings/limits.ts';
import { ControlledClock } from '../shared/controlled-clock.ts';
import { holdProcess } from '../shared/process-hold.ts';
import { loadOnce, versionOf } from './loaded-components.ts';
import { resolveOptions } from './options/resolve-options.ts';
import type { TestHostOptions } from './options/test-host-options.ts';
import { ServedComponent } from './served-component.ts';
import { startTestHost, type TestHost } from './test-host.ts';

/**
 * Starts a host for a component. Rejects with a `HostError` where the options are wrong or the component can't be served.
 * Stores that are away are no error here; the component gets one when it uses them.
 *
 * @example
 * await using host = await startHost({ component: 'app.wasm', keyvalue: { default: 'sqlite' } });
 * await host.bucket('carts').set('k', 'v');
 * const response = await host.fetch('/?key=k');
 */
export async function startHost(given: TestHostOptions): Promise<TestHost> {
  enableJspi();
  const options = await (await import('./options/check-options.ts')).checkedWithModules(given, 'startHost');
  // Workers load five times as fast with what V8 made of their code before.
  module.enableCompileCache();
  using _ = holdProcess();
  const { settings, data } = await resolveOptions(options);
  try {
    const workload = workloadOf(settings);
    const version = await versionOf(workload);
    const component = await loadOnce(workload, {
      memory: mostMemory(settings.limits),
      instances: settings.instances,
    });
    const clock = new ControlledClock();
    const served = new ServedComponent(component, version, settings, data, clock, options.seed);
    return await startTestHost(served, options);
  } catch (error) {
    await data.remove();
    throw error;
  }
}
