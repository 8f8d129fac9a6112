import type { LoadedComponent } from '../component/load.ts';
import { unusedModules } from '../interfaces/imports/imported-module.ts';
import { servedImports } from '../interfaces/imports/imports-config.ts';
import type { SettingsOfInterfaces } from '../interfaces/index.ts';
import { HostError } from '../shared/host-error.ts';
import type { Settings } from './settings.ts';

/** What is to be told of modules that nobody imports. Where others run beside the component, they may be for them. */
export function unusedImports(
  { members }: Pick<LoadedComponent, 'members'>,
  { imports, service, schedules }: Pick<Settings, 'imports' | 'service' | 'schedules'>,
): string[] {
  if (service !== undefined || schedules.length > 0) return [];
  return unusedModules(
    members.flatMap((member) => member.imports),
    imports,
  );
}

/** Throws a `HostError` where functions that a program has given do not fit what a component imports. */
export async function requireGivenFit(
  { members }: Pick<LoadedComponent, 'members'>,
  { imports: modules }: Pick<SettingsOfInterfaces, 'imports'>,
): Promise<void> {
  if (modules.every(({ kind }) => kind === 'file')) return;
  const [{ misfit }, { resourceClasses }] = await Promise.all([
    import('../interfaces/imports/misfit.ts'),
    import('../interfaces/imports/served-import.ts'),
  ]);
  const served = servedImports(
    members.flatMap((member) => member.imports),
    modules,
  );
  const resources = new Set(resourceClasses(served).keys());
  for (const { description, module: index } of served) {
    const module = modules[index];
    if (module?.kind !== 'given') continue;
    const problem = misfit(module.members, description, resources);
    if (problem !== undefined) throw new HostError('usage', `${module.place} ${problem}`);
  }
}
