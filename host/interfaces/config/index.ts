import type { PoolPart } from '../../runtime/interface.ts';
import type { TextMap } from '../../settings/text-map.ts';
import type { HostInterface } from '../host-interface.ts';
import { config } from './config.ts';
import type { configSettings } from './settings.ts';

/** `wasi:config`: the values of `workload.config`. */
export const configInterface: HostInterface<undefined, PoolPart, typeof configSettings> = {
  name: 'config',
  packages: {
    'wasi:config': {
      matches: /^0\.2\.0(-(draft(-2024-09-27)?|rc\.1))?$/,
      text: '0.2.0-draft, 0.2.0-draft-2024-09-27 and 0.2.0-rc.1',
    },
  },
  configureComponent: (settings): TextMap => settings.config,
  start: () => ({ imports: (_, own) => config(own as TextMap) }),
};
