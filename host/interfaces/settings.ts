import { hostInterfacesSettings } from '../settings/host-interfaces-setting.ts';
import type { ValuesOf } from '../settings/setting.ts';
import { blobstoreSettings } from './blobstore/settings.ts';
import { cliSettings } from './cli/settings.ts';
import { configSettings } from './config/settings.ts';
import { filesystemSettings } from './filesystem/settings.ts';
import { httpSettings } from './http/settings.ts';
import { importsSettings } from './imports/settings.ts';
import { keyvalueSettings } from './keyvalue/settings.ts';
import { messagingSettings } from './messaging/settings.ts';
import { postgresSettings } from './postgres/settings.ts';
import { socketsSettings } from './sockets/settings.ts';

/** The settings of all interfaces, each from the folder of its own. */
export const interfaceSettings = [
  ...hostInterfacesSettings,
  ...keyvalueSettings,
  ...cliSettings,
  ...configSettings,
  ...httpSettings,
  ...filesystemSettings,
  ...socketsSettings,
  ...blobstoreSettings,
  ...messagingSettings,
  ...importsSettings,
  ...postgresSettings,
] as const;

/** What interfaces are configured by, in all. */
export interface SettingsOfInterfaces extends ValuesOf<(typeof interfaceSettings)[number]> {}
