import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/**
 * Makes one file of the modules that a guest thread always needs, after `tsc` has written them to `dist/`: finding and
 * linking sixty files takes half of the time in which the thread starts. The backends stay files of their own, because modules
 * of users share `StoreError` with them, and because most are loaded only when they are used.
 */
const folder = fileURLToPath(new URL('../dist/host/guest/', import.meta.url));

const bundle = await rolldown({
  input: `${folder}thread-work.js`,
  platform: 'node',
  preserveEntrySignatures: false,
  external: (id) => /^[^./]/.test(id) || /[/\\]backends[/\\]/.test(id),
});
await bundle.write({
  dir: folder,
  format: 'esm',
  entryFileNames: 'thread-work.js',
  chunkFileNames: 'thread-work-[name].js',
  comments: false,
});
await bundle.close();
