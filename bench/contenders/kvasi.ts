import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostVersion } from '../../host/shared/version.ts';
import { builtKvasi, componentPath, kvasiSources } from '../build.ts';
import type { Contender } from './contender.ts';

interface Variant {
  readonly name: string;
  readonly main?: string;
  readonly args?: readonly string[];
}

/** Default settings but for the line about each request, which no other contender prints. */
export const kvasi = variant({ name: 'kvasi' });

/** What `--instances reuse` brings; `jco serve` does so unless told otherwise. */
export const kvasiReuse = variant({ name: 'kvasi, reuse', args: ['--instances', 'reuse'] });

/** With the line about each request. */
export const kvasiLines = variant({ name: 'kvasi, request lines', args: ['--log-level', 'info'] });

/** As `npm start` runs it, with the types stripped when it starts. */
export const kvasiFromSources = variant({ name: 'kvasi, sources', main: kvasiSources });

/** Two components, of which one calls the other: the workload's component is what they are together. */
export const kvasiLinked: Contender = {
  ...kvasi,
  name: 'kvasi, two components',
  supports: ({ component }) => component === 'storefront-alone',
  async command(setup) {
    const file = join(setup.scratch, 'linked.json');
    const components = [{ name: 'pricing', file: componentPath('pricing') }];
    const dev = { component_path: componentPath('storefront'), components };
    await writeFile(file, JSON.stringify({ dev }));
    const command = await kvasi.command(setup);
    const args = command.args.filter((arg) => arg !== setup.file);
    return { ...command, args: [...args, '--config', file] };
  },
};

function variant({ name, main = builtKvasi, args = [] }: Variant): Contender {
  return {
    name,
    version: async () => hostVersion(),
    supports: () => true,
    command: async ({ port, component, file, redisUrl, backend = redisUrl, scratch }) => ({
      file: process.execPath,
      args: [
        ...[main, 'dev', file],
        ...['--address', `127.0.0.1:${port}`, '--log-level', 'warn'],
        ...(backend === undefined ? [] : ['--backend', backend]),
        ...(component === 'blob-probe' ? ['--blobs', `filesystem:${join(scratch, 'blobs')}`] : []),
        ...args,
      ],
      cwd: component === 'forward' ? await allowingRequests(scratch) : scratch,
      env: { KVASI_CACHE_DIR: join(scratch, 'kvasi-cache') },
    }),
  };
}

/** A folder whose configuration lets a component send requests to anyone. */
async function allowingRequests(scratch: string): Promise<string> {
  const folder = join(scratch, 'forward');
  await mkdir(join(folder, '.wash'), { recursive: true });
  await writeFile(join(folder, '.wash/config.yaml'), 'workload: {}\n');
  return folder;
}
