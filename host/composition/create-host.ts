// As a namespace: of an old Node a name that it does not have would be all that is said.
import * as module from 'node:module';
import { loadAlone } from '../component/load-alone.ts';
import { workloadOf } from '../component/workload.ts';
import { enableJspi } from '../engine/jspi.ts';
import { blobstoreInterface } from '../interfaces/blobstore/index.ts';
import { mostMemory } from '../settings/limits.ts';
import { holdProcess } from '../shared/process-hold.ts';
import { Host } from './host.ts';
import { HostEmitter } from './host-emitter.ts';
import { unusedImports } from './imports-fit.ts';
import type { HostOptions } from './options/host-options.ts';
import { requireServicePorts } from './require-service-ports.ts';
import { RunningHost } from './running-host.ts';
import { seedBlobStore, seedStores } from './seed-stores.ts';
import { withTelemetry } from './telemetry/with-telemetry.ts';

/**
 * Starts a host for a component, which the program talks to with `fetch`, or others over the ports that `listen` opens. Rejects with a
 * `HostError` where the options are wrong or the component can't be served. Stores that are away are no error here; the component gets
 * one when it uses them.
 *
 * @example
 * await using host = await createHost({ component: './app.wasm', keyvalue: { default: 'sqlite' } });
 * host.on('request', ({ method, path, status }) => console.log(method, path, status));
 * const { url } = await host.listen('localhost:0');
 */
export async function createHost(given: HostOptions): Promise<Host> {
  enableJspi();
  const { checkedHostOptions } = await import('./options/check-host-options.ts');
  const { resolveHostOptions } = await import('./options/resolve-host-options.ts');
  const options = await checkedHostOptions(given, 'createHost');
  // Workers load five times as fast with what V8 made of their code before.
  module.enableCompileCache();
  using _ = holdProcess();
  const { settings, warnings } = await resolveHostOptions(options, 'createHost');
  const component = await loadAlone(workloadOf(settings), {
    memory: mostMemory(settings.limits),
    instances: settings.instances,
  });
  await requireServicePorts(settings);
  const emitter = new HostEmitter();
  const telemetry = await withTelemetry(settings.telemetry, component.file.path, emitter);
  const running = new RunningHost(component, settings, telemetry.events);
  telemetry.attach(running);
  try {
    await running.start(async () => {
      await seedStores(settings.keyvalue, running.memory);
      await seedBlobStore(settings.blobstore, running.pool(blobstoreInterface).memory);
    });
  } catch (error) {
    await telemetry[Symbol.asyncDispose]();
    throw error;
  }
  const host = new Host(running, emitter, options, settings, telemetry);
  // Once whoever has awaited the host listens.
  setImmediate(() => {
    const unused = unusedImports(component, settings);
    for (const text of [...warnings, ...unused, ...(component.warnings ?? [])]) emitter.warning(text);
  });
  return host;
}
