import { type HostInterface, wasi02 } from '../host-interface.ts';
import { sockets } from './sockets.ts';

/** `wasi:sockets`: present and denied. */
export const socketsInterface: HostInterface = {
  name: 'sockets',
  packages: { 'wasi:sockets': wasi02 },
  servedBy: () => 'present, denied',
  start: () => ({ imports: () => sockets }),
};
