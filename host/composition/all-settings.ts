import { componentSettings } from '../component/component-settings.ts';
import { type InterfaceSetting, loadInterfaceSettings } from '../interfaces/index.ts';
import { hostSettings } from '../settings/host-settings.ts';

/** Any setting of the host. */
export type AnySetting =
  | (typeof hostSettings)[number]
  | InterfaceSetting
  | (typeof componentSettings)[number];

let all: Promise<readonly AnySetting[]> | undefined;

/** Loads every setting of the host, once. The command line is made from them, so they load nothing that only resolving needs. */
export function loadAllSettings(): Promise<readonly AnySetting[]> {
  all ??= loadInterfaceSettings().then((ofInterfaces) => [
    ...hostSettings,
    ...ofInterfaces,
    ...componentSettings,
  ]);
  return all;
}
