import type { PoolPart } from '../../runtime/interface.ts';
import { type HostInterface, wasi02 } from '../host-interface.ts';
import { filesystem, type Volume } from './filesystem.ts';
import type { filesystemSettings } from './settings.ts';

/** `wasi:filesystem`: the folders of `dev.volumes`. */
export const filesystemInterface: HostInterface<readonly Volume[], PoolPart, typeof filesystemSettings> = {
  name: 'filesystem',
  packages: { 'wasi:filesystem': wasi02 },
  servedBy: () => 'nothing but dev.volumes',
  configure: ({ volumes }) => volumes,
  async start(volumes) {
    const imports = await filesystem(volumes);
    return { imports: ({ holdings }) => imports(holdings) };
  },
};
