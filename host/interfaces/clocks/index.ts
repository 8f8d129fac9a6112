import { type HostInterface, wasi02 } from '../host-interface.ts';
import { clocks } from './clocks.ts';

/** `wasi:clocks`, by the host's clock. */
export const clocksInterface: HostInterface = {
  name: 'clocks',
  packages: { 'wasi:clocks': wasi02 },
  start: (_, { clock }) => ({ imports: ({ lifetime, holdings }) => clocks(lifetime, holdings, clock) }),
};
