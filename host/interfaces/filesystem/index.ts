import type { PoolPart } from '../../runtime/interface.ts';
import { type HostInterface, wasi02, wasi03 } from '../host-interface.ts';
import { ofTrack03 } from '../tracks.ts';
import { filesystem, type Volume } from './filesystem.ts';
import type { settings as filesystemSettings } from './settings.ts';

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

/** `wasi:filesystem` 0.3: the folders of `dev.volumes`. */
export const filesystem03Interface: HostInterface<readonly Volume[], PoolPart, typeof filesystemSettings> = {
  ...filesystemInterface,
  name: 'filesystem03',
  packages: { 'wasi:filesystem': wasi03 },
  async start(volumes) {
    const [{ filesystem: filesystem03 }, imports] = await Promise.all([
      import('./p3.ts'),
      filesystem(volumes),
    ]);
    return { imports: ({ holdings }) => ofTrack03(filesystem03(imports(holdings))) };
  },
};

export const interfaces = [filesystemInterface, filesystem03Interface];
