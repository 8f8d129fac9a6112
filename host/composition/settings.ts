import {
  type Place,
  type PlaceFlags,
  type Resolved,
  type ResolveOptions,
  resolveAll,
} from '../settings/resolve-settings.ts';
import type { FlagsOf, ValuesOf } from '../settings/setting.ts';
import { type AnySetting, loadAllSettings } from './all-settings.ts';

/** Everything that can be configured, after defaults, file, environment and flags. All paths are absolute. */
export interface Settings extends Place, ValuesOf<AnySetting> {}

/** What the command line gives. Everything is as typed; nothing has been checked. */
export interface Flags extends PlaceFlags, FlagsOf<AnySetting> {}

/** The settings in force, and how they came about. */
export type ResolvedSettings = Resolved<Settings>;

/** Where a configuration file names the main component; undefined where somebody else does. */
export function componentPlace({ origins }: ResolvedSettings): string | undefined {
  const origin = origins.get('component');
  const isOfCall = origin === 'the command line' || origin === 'KVASI_COMPONENT';
  return isOfCall || origin === 'default' ? undefined : origin;
}

/** See {@link resolveAll}. */
export async function resolveSettings(
  options: ResolveOptions & { readonly flags: Flags },
): Promise<ResolvedSettings> {
  return await resolveAll(await loadAllSettings(), { ...options, flags: { ...options.flags } });
}
