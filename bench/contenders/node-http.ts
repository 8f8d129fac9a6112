import { builtServer } from '../build.ts';
import type { Contender } from './contender.ts';

/** `node:http` with a Map, with ioredis or with undici: the limit, since nothing is done but what has to be done. */
export const nodeHttp: Contender = {
  name: 'node:http',
  version: async () => process.version,
  supports: () => true,
  command: async ({ port, component, redisUrl }) => ({
    file: process.execPath,
    args:
      redisUrl === undefined
        ? [builtServer(component === 'forward' ? 'proxy-server' : 'map-server'), String(port)]
        : [builtServer('ioredis-server'), String(port), redisUrl],
  }),
};
