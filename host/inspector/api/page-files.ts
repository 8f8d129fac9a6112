import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import * as module from 'node:module';
import { extname } from 'node:path';
import type { InspectorPage } from '../../interfaces/inspector-part.ts';

/** A file of the page as it is served. */
export interface PageFile {
  readonly headers: Readonly<Record<string, string>>;
  read(): Promise<Uint8Array | string>;
}

/**
 * The package has the frame as a document, a script and a style, and each page of an interface as a script
 * (build/bundle-page.ts); the sources are modules and styles.
 */
const isSource = import.meta.url.endsWith('.ts');
const host = new URL('../../', import.meta.url);
const frame = new URL('../page/', import.meta.url);
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

/** The path of a file of the page: its place below `host/`, so that modules find one another. */
export function pathOf({ href }: URL): string {
  return `/${href.slice(host.href.length)}`;
}

/** Every file of the page by its path: those of the frame, and those of the pages of interfaces. */
export async function pageFiles(pages: readonly InspectorPage[]): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  const folders = [frame, ...pages.map(({ module: entry }) => new URL('.', entry))];
  for (const folder of folders) {
    for (const name of await readdir(folder)) {
      const extension = extname(name);
      const url = new URL(name, folder);
      if (extension in types && !name.endsWith('.d.ts')) files.set(pathOf(url), fileAt(url, extension));
    }
  }
  const html = await readFile(new URL('index.html', frame), 'utf8');
  files.delete(pathOf(new URL('index.html', frame)));
  files.set('/', indexFile(isSource ? withFiles(html, [...files.keys()]) : html));
  if (isSource) {
    for (const [path, name] of Object.entries(libraries)) {
      files.set(path, fileAt(new URL(import.meta.resolve(name)), '.js'));
    }
  }
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

/** All files are fetched at once, instead of each only when another one that imports it is there. */
function withFiles(html: string, paths: readonly string[]): string {
  const scripts = [...Object.keys(libraries), ...paths.filter((path) => path.endsWith('.ts'))];
  // The frame names its own.
  const styles = paths.filter((path) => path.endsWith('.css') && !html.includes(path));
  return html
    .replace(
      '<!-- styles -->',
      styles.map((path) => `<link rel="stylesheet" href="${path}" />`).join('\n    '),
    )
    .replace(
      '<!-- modules -->',
      scripts.map((path) => `<link rel="modulepreload" href="${path}" />`).join('\n    '),
    );
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
