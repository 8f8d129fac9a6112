import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { builds, wasmPath } from '../components/catalog.ts';

/** The repository's folder. */
export const root = join(import.meta.dirname, '..');

/** Two levels above the built command line has to be `package.json`, as in the published package. */
const builtFolder = join(root, '.bench');

/** kvasi as it is published. */
export const builtKvasi = join(builtFolder, 'host/cli/main.js');

/** kvasi as `npm start` runs it. */
export const kvasiSources = join(root, 'host/cli/main.ts');

/** One of our own servers in `servers/`. */
export function builtServer(name: string): string {
  return join(builtFolder, 'bench/servers', `${name}.js`);
}

/** A prebuilt component of this repository. */
export function componentPath(name: string): string {
  const build = builds.find((one) => one.name === name);
  if (build === undefined) throw new Error(`there is no component ${name}`);
  return join(root, 'components', wasmPath(build));
}

/** Everything that is measured runs as plain JavaScript, so that none pays for stripping types when it starts. */
export async function build(): Promise<void> {
  await rm(builtFolder, { recursive: true, force: true });
  const package_ = createRequire(import.meta.url).resolve('typescript/package.json');
  const tsc = join(dirname(package_), 'bin/tsc');
  const node = (...args: string[]) => promisify(execFile)(process.execPath, args);
  const compile = (...args: string[]) => node(tsc, ...args);
  await compile('-p', join(import.meta.dirname, 'tsconfig.build.json'));
  const page = ['--noEmit', 'false', '--rootDir', root, '--rewriteRelativeImportExtensions'];
  await compile('-p', join(root, 'host/inspector/page'), ...page, '--outDir', builtFolder);
  for (const name of ['bundle-worker', 'bundle-page']) {
    await node(join(root, 'build', `${name}.ts`), builtFolder);
  }
}
