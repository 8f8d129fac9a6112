import type { EntryPoint } from '../component/entry-point.ts';
import type { LoadedComponent } from '../component/load.ts';
import { loadAlone } from '../component/load-alone.ts';
import { workloadOfOne } from '../component/workload.ts';
import type { DispatcherEvents } from '../runtime/worker-pool/dispatcher-events.ts';
import { atPlace } from '../settings/at-place.ts';
import { mostMemory } from '../settings/limits.ts';
import type { ComponentHostSettings } from './component-host.ts';
import type { HostEvents } from './host-events.ts';
import { requireGivenFit } from './imports-fit.ts';

/** A command that the configuration names, to be run beside the component that answers requests. */
interface NamedCommand {
  /** For people, and in front of what it prints. */
  readonly name: string;
  readonly path: string;
  /** Where the configuration names it. */
  readonly place: string;
  readonly entry: EntryPoint;
  readonly settings: ComponentHostSettings;
  readonly events: HostEvents;
}

/** Loads it, with what its host is to tell. Throws a `HostError` where it can't be run. */
export async function loadedCommand({ name, path, place, entry, settings, events }: NamedCommand): Promise<{
  readonly component: LoadedComponent;
  readonly events: DispatcherEvents;
}> {
  const component = await atPlace(place, () =>
    loadAlone(workloadOfOne(path, settings.imports), {
      memory: mostMemory(settings.limits),
      instances: 'fresh',
      entry,
    }),
  );
  await requireGivenFit(component, settings);
  return {
    component,
    events: {
      print: (_, stream, bytes) => events.printedBy?.(name, stream, bytes),
      warning: (text) => events.warning(`${name}: ${text}`),
      crash: (error) => events.crash(error),
      fault: (error) => events.fault(error),
      replaced() {},
    },
  };
}
