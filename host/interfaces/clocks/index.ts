import { type HostInterface, wasi02, wasi03 } from '../host-interface.ts';
import { ofTrack03 } from '../tracks.ts';
import { clocks } from './clocks.ts';

/** `wasi:clocks`, by the host's clock. */
export const clocksInterface: HostInterface = {
  name: 'clocks',
  packages: { 'wasi:clocks': wasi02 },
  start: (_, { clock }) => ({ imports: ({ lifetime, holdings }) => clocks(lifetime, holdings, clock) }),
};

/** `wasi:clocks` 0.3. */
export const clocks03Interface: HostInterface = {
  name: 'clocks03',
  packages: { 'wasi:clocks': wasi03 },
  async start(_, { clock }) {
    const { clocks: clocks03 } = await import('./p3.ts');
    return { imports: ({ lifetime, holdings }) => ofTrack03(clocks03(lifetime, holdings, clock)) };
  },
};

export const interfaces = [clocksInterface, clocks03Interface];
