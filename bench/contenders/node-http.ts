import { join } from 'node:path';
import { builtServer } from '../build.ts';
import type { Contender, Setup } from './contender.ts';

/** `node:http` with a Map, with files, with ioredis or with undici: the limit, since nothing is done but what has to be done. */
export const nodeHttp: Contender = {
  name: 'node:http',
  version: async () => process.version,
  supports: () => true,
  command: async (setup) => ({
    file: process.execPath,
    args: serverArguments(setup),
  }),
};

function serverArguments({ port, component, redisUrl, backend = redisUrl, scratch }: Setup): string[] {
  if (component === 'blob-probe') {
    return [builtServer('blob-server'), String(port), join(scratch, 'bare-blobs')];
  }
  if (backend !== undefined) {
    // Those that are files lie beside kvasi's.
    const url = backend.includes('//') ? backend : `${backend}:${join(scratch, `bare-${backend}`)}`;
    return [builtServer('store-server'), String(port), url];
  }
  return [builtServer(component === 'forward' ? 'proxy-server' : 'map-server'), String(port)];
}
