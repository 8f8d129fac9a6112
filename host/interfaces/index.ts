import { hostInterfacesSettings } from '../settings/host-interfaces-setting.ts';
import type { Setting, ValuesOf } from '../settings/setting.ts';
import type { HostInterface } from './host-interface.ts';

/**
 * The interfaces of the host: what a component may import. To add one, add a line; nothing else in the host names it. Settings and the pages
 * of the inspector have this order.
 */
const table = [
  { load: () => import('./keyvalue/index.ts'), settings: () => import('./keyvalue/settings.ts') },
  { load: () => import('./cli/index.ts'), settings: () => import('./cli/settings.ts') },
  { load: () => import('./clocks/index.ts') },
  { load: () => import('./config/index.ts'), settings: () => import('./config/settings.ts') },
  { load: () => import('./http/index.ts'), settings: () => import('./http/settings.ts') },
  { load: () => import('./filesystem/index.ts'), settings: () => import('./filesystem/settings.ts') },
  { load: () => import('./io/index.ts') },
  { load: () => import('./sockets/index.ts'), settings: () => import('./sockets/settings.ts') },
  { load: () => import('./blobstore/index.ts'), settings: () => import('./blobstore/settings.ts') },
  { load: () => import('./logging/index.ts'), settings: () => import('./logging/settings.ts') },
  { load: () => import('./messaging/index.ts'), settings: () => import('./messaging/settings.ts') },
  { load: () => import('./otel/index.ts') },
  { load: () => import('./postgres/index.ts'), settings: () => import('./postgres/settings.ts') },
  { load: () => import('./random/index.ts') },
  { load: () => import('./secrets/index.ts'), settings: () => import('./secrets/settings.ts') },
  { load: () => import('./imports/index.ts'), settings: () => import('./imports/settings.ts') },
] as const satisfies readonly InterfaceFolder[];

/** A folder beside this file. Its parts are loaded apart: the command line is made from the settings, before any interface is loaded. */
interface InterfaceFolder {
  /** The interface, or one for each version of it. */
  readonly load: () => Promise<{ readonly interfaces: readonly HostInterface[] }>;
  /** The descriptors of what it is configured by. Default: nothing. */
  readonly settings?: () => Promise<{ readonly settings: readonly Setting[] }>;
}

type SettingsModule<Folder> = Folder extends { settings(): Promise<infer Module> } ? Module : never;

/** A setting of any of the interfaces, or of several. */
export type InterfaceSetting =
  | (typeof hostInterfacesSettings)[number]
  | SettingsModule<(typeof table)[number]>['settings'][number];

/** What interfaces are configured by, in all. */
export interface SettingsOfInterfaces extends ValuesOf<InterfaceSetting> {}

const folders: readonly InterfaceFolder[] = table;
let loading: Promise<readonly HostInterface[]> | undefined;
let loaded: readonly HostInterface[] | undefined;

/** Loads the interfaces, once. */
export function loadInterfaces(): Promise<readonly HostInterface[]> {
  loading ??= loadAll();
  return loading;
}

/** Whether they are loaded. */
export function areInterfacesLoaded(): boolean {
  return loaded !== undefined;
}

/** The interfaces, where they are loaded: whoever has checked a component, or runs one, has loaded them. */
export function loadedInterfaces(): readonly HostInterface[] {
  if (loaded === undefined) throw new TypeError('the interfaces of the host are not loaded');
  return loaded;
}

/** Loads the settings of all interfaces, and nothing else of these. */
export async function loadInterfaceSettings(): Promise<readonly InterfaceSetting[]> {
  const modules = await Promise.all(folders.map(({ settings }) => settings?.()));
  const own = modules.flatMap((module) => module?.settings ?? []) as readonly Setting[];
  return [...hostInterfacesSettings, ...(own as readonly InterfaceSetting[])];
}

async function loadAll(): Promise<readonly HostInterface[]> {
  const modules = await Promise.all(folders.map(({ load }) => load()));
  loaded = modules.flatMap(({ interfaces }) => interfaces);
  return loaded;
}
