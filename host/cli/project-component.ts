import type { Surroundings } from '../component/inspection.ts';
import { type Workload, workloadOf } from '../component/workload.ts';
import { componentPlace, resolveSettings } from '../composition/settings.ts';
import { HostError } from '../shared/host-error.ts';
import type { CommandContext } from '../terminal/command-context.ts';
import type { PlaceOptions } from '../terminal/place-options.ts';

/** What to look at, and where the configuration names it, if it does. */
export interface ProjectWorkload extends Workload, Surroundings {
  readonly place?: string | undefined;
}

/**
 * The component that is given, else that of the project's configuration, with those beside it. Paths are absolute.
 * @throws {HostError} `config`, where there is none; as `resolveSettings` where the configuration can't be used
 */
export async function projectWorkload(
  flags: PlaceOptions & { readonly component: string | undefined },
  { cwd, env }: CommandContext,
): Promise<ProjectWorkload> {
  const resolved = await resolveSettings({ cwd, env, flags });
  const { component, components, routes, imports, hostInterfaces, configFile } = resolved.settings;
  if (component !== undefined)
    return {
      ...workloadOf({ component, components, routes, imports }),
      hostInterfaces,
      place: componentPlace(resolved),
    };
  const where =
    configFile === undefined ? `there is no configuration in ${cwd}` : `${configFile} names no component`;
  throw new HostError('config', `${where}. Name one: kvasi inspect app.wasm.`);
}
