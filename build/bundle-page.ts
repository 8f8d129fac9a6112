import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

/**
 * `node build/bundle-page.ts [dist]`: makes the inspector's page three files, after `tsc` has written its modules to `dist/`: a document, a script with its libraries
 * and a style. A browser that has to ask for forty files shows the page later.
 */
const sources = new URL('../host/inspector/page/', import.meta.url);
const folder = pathToFileURL(`${resolve(process.argv[2] ?? 'dist', 'host/inspector/page')}/`);

const bundle = await rolldown({ input: fileURLToPath(new URL('main.js', folder)), platform: 'browser' });
await bundle.write({ file: fileURLToPath(new URL('page.js', folder)), format: 'esm', minify: true });
await bundle.close();
for (const name of await readdir(folder)) {
  if (name !== 'page.js') await rm(new URL(name, folder), { recursive: true });
}

const document = await readFile(new URL('index.html', sources), 'utf8');
const styles: string[] = [];
for (const [, name = ''] of document.matchAll(/<link rel="stylesheet" href="\/page\/([^"]+)"/g)) {
  styles.push(await readFile(new URL(name, sources), 'utf8'));
}
await writeFile(new URL('page.css', folder), styles.join('\n'));
const [first = '', ...others] = document.match(/ *<link rel="stylesheet"[^>]*>\n/g) ?? [];
const built = others
  .reduce((text, link) => text.replace(link, ''), document)
  .replace(first, '    <link rel="stylesheet" href="/page/page.css" />\n')
  .replace(/ *<script type="importmap">[^<]*<\/script>\n/, '')
  .replace(/ *<!-- modules -->\n/, '')
  .replace('/page/main.ts', '/page/page.js');
await writeFile(new URL('index.html', folder), built);
await copyFile(new URL('icon.svg', sources), new URL('icon.svg', folder));
