import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Build } from './catalog.ts';

const root = join(import.meta.dirname, '..');

/** What `hashes.json` records of one `.wasm`. */
export interface Hashes {
  /** SHA-256 over all sources that the `.wasm` came from. */
  sources: string;
  /** SHA-256 of the `.wasm`. */
  wasm: string;
}

export const hashesFile = join(import.meta.dirname, 'hashes.json');

export function wasmHash(wasm: Uint8Array): string {
  return createHash('sha256').update(wasm).digest('hex');
}

/** SHA-256 over the names and contents of everything that a build reads from this repository. */
export async function sourceHash(build: Build): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(build));
  for (const path of await sources(build)) {
    const text = await readText(path);
    hash.update(`\0${path}\0${text}`);
  }
  return hash.digest('hex');
}

async function sources({ workspace, crate, libraries = [] }: Build): Promise<string[]> {
  const folder = workspace === undefined ? 'components' : `components/${workspace}`;
  const crates = [crate, ...libraries].map((name) => `${folder}/${name}`);
  const rust = (await Promise.all(crates.map((path) => files(`${path}/src`)))).flat();
  const wit = (await Promise.all((await witPaths(rust)).map(files))).flat();
  const manifests = [folder, ...crates].map((path) => `${path}/Cargo.toml`);
  return [...new Set([`${folder}/Cargo.lock`, ...manifests, ...rust, ...wit])].sort();
}

/** The WIT files and folders that the bindings of these Rust sources name. */
async function witPaths(rust: string[]): Promise<string[]> {
  const texts = await Promise.all(rust.map(readText));
  return texts.flatMap((text) =>
    [...text.matchAll(/"(?:\.\.\/){2,3}(wit\/[^"]+)"/g)].map(([, path = '']) => path),
  );
}

async function files(path: string): Promise<string[]> {
  if (path.endsWith('.wit')) return [path];
  const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    );
}

/** A checkout may have other line ends than the one that was built. */
async function readText(path: string): Promise<string> {
  return (await readFile(join(root, path), 'utf8')).replaceAll('\r\n', '\n');
}
