import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { inspectorParts } from '../host/inspector/api/inspector-parts.ts';

/**
 * `node build/bundle-page.ts [dist]`: makes a document, a style and a few scripts of the inspector's page, after `tsc` has written its
 * modules to `dist/`: the frame with the libraries, each page of an interface, and what these share. A browser that has to ask
 * for forty files shows the page later.
 */
const sources = fileURLToPath(new URL('../host/', import.meta.url));
const built = resolve(process.argv[2] ?? 'dist', 'host');
const frame = 'inspector/page';
const parts = await inspectorParts();
const entries = parts.flatMap(({ page }) =>
  page === undefined ? [] : relative(sources, fileURLToPath(page.module)).replace(/\.ts$/, ''),
);
const folders = [frame, ...entries.map(dirname)];
const modules = await Promise.all(folders.map((folder) => filesIn(join(built, folder))));

const inputs = new Map([
  [`${frame}/page`, `${frame}/main`],
  ...entries.map((entry) => [entry, entry] as const),
]);
const bundle = await rolldown({
  input: Object.fromEntries([...inputs].map(([name, module]) => [name, join(built, `${module}.js`)])),
  platform: 'browser',
});
const { output } = await bundle.generate({
  format: 'esm',
  minify: true,
  entryFileNames: '[name].js',
  chunkFileNames: `${frame}/shared.js`,
  advancedChunks: { groups: [{ name: 'shared', minShareCount: 2 }] },
});
await bundle.close();
for (const path of modules.flat()) await rm(path);
for (const file of output) {
  if (file.type === 'chunk') await writeFile(join(built, file.fileName), file.code);
}

const document = await readFile(join(sources, frame, 'index.html'), 'utf8');
const ofInterfaces = await Promise.all(entries.map((entry) => filesIn(join(sources, dirname(entry)))));
const styleLink = / *(?:<link rel="stylesheet" href="\/([^"]+)" \/>|<!-- styles -->)\n/g;
const styles = [...document.matchAll(styleLink)].flatMap(([, path]) =>
  path === undefined ? ofInterfaces.flat().filter((file) => file.endsWith('.css')) : [join(sources, path)],
);
const texts = await Promise.all(styles.map((path) => readFile(path, 'utf8')));
await writeFile(join(built, frame, 'page.css'), texts.join('\n'));
// What another page than the first needs is asked for when that is shown.
const later = entries.slice(1).map((entry) => `${entry}.js`);
const scripts = output
  .filter(({ fileName }) => !later.includes(fileName))
  .map(({ fileName }) => `    <link rel="modulepreload" href="/${fileName}" />\n`);
const shown = document
  .replace(styleLink, (_, path?: string) =>
    path === `${frame}/style.css` ? `    <link rel="stylesheet" href="/${frame}/page.css" />\n` : '',
  )
  .replace(/ *<script type="importmap">[^<]*<\/script>\n/, '')
  .replace(/ *<!-- modules -->\n/, scripts.join(''))
  .replace('main.ts', 'page.js');
await writeFile(join(built, frame, 'index.html'), shown);
await copyFile(join(sources, frame, 'icon.svg'), join(built, frame, 'icon.svg'));

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).map((name) => join(folder, name));
}
