import { realpath } from 'node:fs/promises';
import { findExecutable } from '../peers.ts';
import type { Contender } from './contender.ts';
import { versionOf } from './version-of.ts';

/** It knows no wasi:keyvalue, and keeps one instance for all requests unless told otherwise. */
export const jcoServe = variant('jco serve', []);
export const jcoServeFresh = variant('jco serve, fresh', ['--isolate-requests', 'instance']);

function variant(name: string, args: readonly string[]): Contender {
  return {
    name,
    version: async () => {
      const path = await find();
      return path === undefined ? undefined : await versionOf(process.execPath, [path, '--version']);
    },
    supports: ({ component }) => component !== 'bench',
    command: async ({ port, file, scratch }) => ({
      file: process.execPath,
      args: [
        ...[(await find()) ?? 'jco', 'serve', file],
        ...['--host', '127.0.0.1', '--port', String(port), ...args],
      ],
      cwd: scratch,
    }),
  };
}

/** The script behind `jco`, so that it runs on the same Node as all others. */
async function find(): Promise<string | undefined> {
  const path = process.env.KVASI_BENCH_JCO || (await findExecutable('jco', 'node_modules/.bin/jco'));
  return path === undefined ? undefined : await realpath(path);
}
