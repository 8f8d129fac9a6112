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
  command: async ({ port, component, file, scratch }) => ({
    file: (await find()) ?? 'wasmtime',
    args: [
      ...['serve', '--addr', `127.0.0.1:${port}`, '-Scli'],
      ...(component.endsWith('-async') ? ['-Sp3', '-Wcomponent-model-async'] : []),
      ...['-Skeyvalue', `-Skeyvalue-in-memory-data=${storedKey}=${storedValue}`, file],
    ],
    cwd: scratch,
  }),
};

const find = () => findExecutable('wasmtime', 'wasmtime/bin/wasmtime');
