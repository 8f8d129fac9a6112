import type { HostInterface } from '../host-interface.ts';
import { config } from './config.ts';

/** `wasi:config`: the values of `workload.config`. */
export const configInterface: HostInterface<Readonly<Record<string, string>>> = {
  name: 'config',
  packages: {
    'wasi:config': { matches: /^0\.2\.0(-(draft|rc\.1))?$/, text: '0.2.0-draft and 0.2.0-rc.1' },
  },
  configure: (settings) => settings.config,
  start(values) {
    const imports = config(values);
    return { imports: () => imports };
  },
};
