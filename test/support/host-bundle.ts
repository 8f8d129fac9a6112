import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type OutputOptions, type Plugin, rolldown } from 'rolldown';
import { oneFile } from '../../build/one-file.ts';
import { bundleVariable, entries, type HostEntry } from './host-url.ts';

/**
 * The sources as a few files, which a run of the tests makes once: a worker that loads 30 modules in place of 150 starts in less than
 * half the time, and a command in two thirds of it, and a run starts some thousands. What a worker always needs is one of the files. A module of the bundle still takes itself for its
 * source, and finds what lies beside that.
 */
const host = fileURLToPath(new URL('../../host/', import.meta.url));

/** What modules of users share with the host, whichever of both they have. */
const shared = ['interfaces/keyvalue/backends/backend', 'shared/host-error'].map((path) =>
  join(host, `${path}.ts`),
);

export async function bundleHost(folder: string): Promise<void> {
  const worker: HostEntry = 'composition/worker/worker-entry';
  const { plugin, codeSplitting } = oneFile(/[/\\]worker[/\\]worker\.ts$/, 'worker');
  await Promise.all([
    bundleEntries(
      folder,
      entries.filter((entry) => entry !== worker),
    ),
    bundleEntries(folder, [worker], [plugin], { codeSplitting }),
  ]);
}

async function bundleEntries(
  folder: string,
  chosen: readonly HostEntry[],
  plugins: readonly Plugin[] = [],
  output: OutputOptions = {},
): Promise<void> {
  const bundle = await rolldown({
    input: Object.fromEntries(chosen.map((entry) => [entry, join(host, `${entry}.ts`)])),
    platform: 'node',
    external: /^[^./]/,
    plugins: [...plugins, sharedModules, bundledThreads(`'${pathToFileURL(`${folder}/`).href}'`)],
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'parts/[name]-[hash].mjs',
    comments: false,
    ...output,
  });
  await bundle.close();
}

const sharedModules: Plugin = {
  name: 'shared-modules',
  async resolveId(source, importer, options) {
    const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
    if (resolved === null || !shared.includes(resolved.id)) return resolved;
    return { id: pathToFileURL(resolved.id).href, external: true };
  },
};

/** Has sources start the threads of the bundle. @param bundle the URL of its folder, as an expression */
export function bundledThreads(
  bundle = `process.env.${bundleVariable}`,
): Plugin & { readonly enforce: 'pre' } {
  return {
    // What vitest keeps from run to run is by the names of plugins.
    name: `bundled-threads ${entries.join(' ')}`,
    // Before vite writes the code anew.
    enforce: 'pre',
    transform(code, id) {
      if (!id.startsWith(host) || !code.includes('import.meta')) return null;
      return code
        .replaceAll(/threadUrl\('([^']+)', import\.meta\.url\)/g, (call, name: string) => {
          const entry = entries.find((path) => join(host, path) === join(dirname(id), name));
          return entry === undefined ? call : `new URL('${entry}.mjs', ${bundle})`;
        })
        .replaceAll('import.meta.url', `'${pathToFileURL(id).href}'`)
        .replaceAll('import.meta.main', 'false');
    },
  };
}
