import { componentPath } from '../build.ts';
import { findExecutable } from '../peers.ts';
import { type Contender, storedKey, storedValue } from './contender.ts';
import { versionOf } from './version-of.ts';

/** Its values in memory are those of the command line, copied for each request. */
export const wasmtimeServe: Contender = {
  name: 'wasmtime serve',
  version: async () => {
    const path = await find();
    return path === undefined ? undefined : await versionOf(path, ['--version']);
  },
  supports: ({ redisUrl }) => redisUrl === undefined,
  command: async ({ port, component, scratch }) => ({
    file: (await find()) ?? 'wasmtime',
    args: [
      ...['serve', '--addr', `127.0.0.1:${port}`, '-Scli'],
      ...['-Skeyvalue', `-Skeyvalue-in-memory-data=${storedKey}=${storedValue}`, componentPath(component)],
    ],
    cwd: scratch,
  }),
};

const find = () => findExecutable('wasmtime', 'wasmtime/bin/wasmtime');
