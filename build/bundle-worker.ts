import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { oneFile } from './one-file.ts';

/**
 * `node build/bundle-worker.ts [dist]`: makes one file of the modules that a worker always needs, after `tsc` has written them to `dist/`: finding and
 * linking sixty files takes half of the time in which the thread starts. The backends stay files of their own, because modules
 * of users share `StoreError` with them, and because most are loaded only when they are used.
 */
const folder = resolve(process.argv[2] ?? 'dist', 'host/composition/worker');

/** Parts of interfaces that workers never load. */
const mainThread = /[/\\](inspector|commands|conformance)[/\\]|[/\\]settings\.js$/;

const { plugin, codeSplitting } = oneFile(/[/\\]worker[/\\]worker\.js$/, 'modules');
const bundle = await rolldown({
  input: join(folder, 'worker.js'),
  platform: 'node',
  preserveEntrySignatures: false,
  plugins: [plugin],
  external: (id) => /^[^./]/.test(id) || mainThread.test(id) || /[/\\]backends[/\\]/.test(id),
});
await bundle.write({
  dir: folder,
  format: 'esm',
  entryFileNames: 'worker.js',
  chunkFileNames: 'worker-[name].js',
  comments: false,
  codeSplitting,
});
await bundle.close();
