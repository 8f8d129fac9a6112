import { type HostInterface, wasi02, wasi03 } from '../host-interface.ts';
import { ofTrack03 } from '../tracks.ts';
import { sockets } from './sockets.ts';

/** `wasi:sockets`: present and denied. */
export const socketsInterface: HostInterface = {
  name: 'sockets',
  packages: { 'wasi:sockets': wasi02 },
  servedBy: () => 'present, denied',
  start: () => ({ imports: () => sockets }),
};

/** `wasi:sockets` 0.3: present and denied. */
export const sockets03Interface: HostInterface = {
  ...socketsInterface,
  name: 'sockets03',
  packages: { 'wasi:sockets': wasi03 },
  async start() {
    const { sockets: sockets03 } = await import('./p3.ts');
    const imports = ofTrack03(sockets03);
    return { imports: () => imports };
  },
};
