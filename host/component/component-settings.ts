import { componentsSetting } from './component-entries.ts';
import { routesSetting } from './routes.ts';

/** The settings of several components. */
export const componentSettings = [componentsSetting, routesSetting] as const;
