import { join, resolve } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

/**
 * `node build/bundle-worker.ts [dist]`: makes one file of the modules that a worker always needs, after `tsc` has written them to `dist/`: finding and
 * linking sixty files takes half of the time in which the thread starts. The backends stay files of their own, because modules
 * of users share `StoreError` with them, and because most are loaded only when they are used.
 */
const folder = resolve(process.argv[2] ?? 'dist', 'host/composition/worker');

/** Parts of interfaces that workers never load. */
const mainThread = /[/\\](inspector|commands|conformance)[/\\]|[/\\]settings\.js$/;

/** A worker has all interfaces at its start, so the table has them in the same file. */
const interfacesAtOnce: Plugin = {
  name: 'interfaces-at-once',
  transform(code, id) {
    if (!/[/\\]interfaces[/\\]index\.js$/.test(id)) return null;
    const imports: string[] = [];
    const table = code.replaceAll(/import\('(\.\/\w+\/index\.js)'\)/g, (_, path: string) => {
      const name = `interfaces${imports.length}`;
      imports.push(`import * as ${name} from '${path}';\n`);
      return `Promise.resolve(${name})`;
    });
    return imports.join('') + table;
  },
};

const bundle = await rolldown({
  input: join(folder, 'worker.js'),
  plugins: [interfacesAtOnce],
  platform: 'node',
  preserveEntrySignatures: false,
  external: (id) => /^[^./]/.test(id) || mainThread.test(id) || /[/\\]backends[/\\]/.test(id),
});
await bundle.write({
  dir: folder,
  format: 'esm',
  entryFileNames: 'worker.js',
  chunkFileNames: 'worker-[name].js',
  comments: false,
});
await bundle.close();
