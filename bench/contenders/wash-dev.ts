import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findExecutable } from '../peers.ts';
import type { Contender } from './contender.ts';
import { versionOf } from './version-of.ts';

/** It serves a project, and builds it first: here with a command that does nothing. */
export const washDev: Contender = {
  name: 'wash dev',
  version: async () => {
    const path = await find();
    return path === undefined ? undefined : await versionOf(path, ['--version']);
  },
  supports: () => true,
  command: async ({ port, file, redisUrl, scratch }) => {
    const project = await mkdtemp(join(scratch, 'wash-'));
    await mkdir(join(project, '.wash'));
    const config = {
      build: { command: 'true' },
      dev: {
        address: `127.0.0.1:${port}`,
        component_path: file,
        ...(redisUrl === undefined ? {} : { wasi_keyvalue_redis_url: redisUrl }),
      },
    };
    await writeFile(join(project, '.wash/config.json'), JSON.stringify(config));
    return {
      file: (await find()) ?? 'wash',
      args: ['--non-interactive', 'dev'],
      cwd: project,
      // Nothing of the user's own settings and caches.
      env: { HOME: project, XDG_CONFIG_HOME: project, XDG_CACHE_HOME: project, XDG_DATA_HOME: project },
    };
  },
};

const find = () => findExecutable('wash', 'wash/bin/wash');
