// As a namespace: of an old Node a name that it does not have would be all that is said.
import * as module from 'node:module';
import { enableJspi } from '../engine/jspi.ts';
import { mostMemory } from '../settings/limits.ts';
import { ControlledClock } from '../shared/controlled-clock.ts';
import type { HostOptions } from './host-options.ts';
import { fileVersion, loadOnce } from './loaded-components.ts';
import { resolveOptions } from './options/resolve-options.ts';
import { holdProcess } from './process-hold.ts';
import { ServedComponent } from './served-component.ts';
import { TestHost } from './test-host.ts';

/**
 * Starts a host for a component. Rejects with a `HostError` where the options are wrong or the component can't be served.
 * Stores that are away are no error here; the component gets one when it uses them.
 */
export async function startHost(given: HostOptions): Promise<TestHost> {
  enableJspi();
  const options = await (await import('./options/check-options.ts')).checkedWithModules(given, 'startHost');
  // Workers load five times as fast with what V8 made of their code before.
  module.enableCompileCache();
  using _ = holdProcess();
  const { settings, data } = await resolveOptions(options);
  let host: TestHost | undefined;
  try {
    const version = await fileVersion(settings.component);
    const component = await loadOnce(settings.component, {
      memory: mostMemory(settings.limits),
      instances: settings.instances,
    });
    const clock = new ControlledClock();
    const served = new ServedComponent(component, version, settings, data, clock, options.seed);
    host = new TestHost(served, options);
    await host.start();
  } catch (error) {
    await (host === undefined ? data.remove() : host.close());
    throw error;
  }
  return host;
}
