import { type Workload, workloadOf } from '../component/workload.ts';
import { resolveSettings } from '../composition/settings.ts';
import { HostError } from '../shared/host-error.ts';
import type { CommandContext } from '../terminal/command-context.ts';
import type { PlaceOptions } from '../terminal/place-options.ts';

/**
 * The component that is given, else that of the project's configuration, with those beside it. Paths are absolute.
 * @throws {HostError} `config`, where there is none; as `resolveSettings` where the configuration can't be used
 */
export async function projectWorkload(
  flags: PlaceOptions & { readonly component: string | undefined },
  { cwd, env }: CommandContext,
): Promise<Workload> {
  const { component, components, routes, configFile } = (await resolveSettings({ cwd, env, flags })).settings;
  if (component !== undefined) return workloadOf({ component, components, routes });
  const where =
    configFile === undefined ? `there is no configuration in ${cwd}` : `${configFile} names no component`;
  throw new HostError('config', `${where}. Name one: kvasi inspect app.wasm.`);
}
