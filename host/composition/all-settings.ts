import { componentSettings } from '../component/component-settings.ts';
import { interfaceSettings } from '../interfaces/settings.ts';
import { hostSettings } from '../settings/host-settings.ts';

/** Every setting of the host. The command line is made from it, so it loads nothing that only resolving needs. */
export const allSettings = [...hostSettings, ...interfaceSettings, ...componentSettings] as const;
