import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import * as module from 'node:module';
import { extname } from 'node:path';

/** A file of the page as it is served. */
export interface PageFile {
  readonly headers: Readonly<Record<string, string>>;
  read(): Promise<Uint8Array | string>;
}

/** The package has the page as a document, a script and a style (build/bundle-page.ts); the sources are modules. */
const isSource = import.meta.url.endsWith('.ts');
const folder = new URL('../page/', import.meta.url);
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ts': 'text/javascript; charset=utf-8',
};
const libraries: Readonly<Record<string, string>> = {
  '/library/preact.js': 'preact',
  '/library/preact-hooks.js': 'preact/hooks',
  '/library/htm.js': 'htm',
};

/** Every file of the page by its path. */
export async function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  for (const name of await readdir(folder)) {
    const extension = extname(name);
    if (extension in types && !name.endsWith('.d.ts'))
      files.set(`/page/${name}`, fileAt(new URL(name, folder), extension));
  }
  if (isSource) {
    for (const [path, name] of Object.entries(libraries)) {
      files.set(path, fileAt(new URL(import.meta.resolve(name)), '.js'));
    }
  }
  const html = await readFile(new URL('index.html', folder), 'utf8');
  const scripts = [...files.keys()].filter((path) => /\.[jt]s$/.test(path));
  files.set('/', indexFile(html.replace('<!-- modules -->', scripts.map(preload).join('\n    '))));
  files.delete('/page/index.html');
  return files;
}

function fileAt(url: URL, extension: string): PageFile {
  let kept: { readonly source: string; readonly script: string } | undefined;
  return {
    headers: { 'content-type': types[extension] ?? '' },
    async read() {
      const bytes = await readFile(url);
      if (extension !== '.ts') return bytes;
      const source = bytes.toString();
      if (kept?.source !== source) kept = { source, script: withoutTypes(source) };
      return kept.script;
    },
  };
}

/** Fetched at once, instead of each only when another one that imports it is there. */
function preload(path: string): string {
  return `<link rel="modulepreload" href="${path}" />`;
}

function indexFile(html: string): PageFile {
  const importMap = /<script type="importmap">([^<]*)<\/script>/.exec(html)?.[1];
  const hash =
    importMap === undefined ? '' : ` 'sha256-${createHash('sha256').update(importMap).digest('base64')}'`;
  const policy = [
    "default-src 'none'",
    `script-src 'self'${hash}`,
    "style-src 'self'",
    "img-src 'self' blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ];
  return {
    headers: { 'content-type': types['.html'] ?? '', 'content-security-policy': policy.join('; ') },
    read: async () => html,
  };
}

/** Does for the browser what Node does for itself when it runs from the sources. */
function withoutTypes(source: string): string {
  const { emitWarning } = process;
  // It would say that it is experimental; nobody who starts the host can do anything about that.
  process.emitWarning = () => {};
  try {
    return module.stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
