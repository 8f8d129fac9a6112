import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import envPaths from 'env-paths';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import type { TranspiledFiles, TranspileOptions } from './transpile.ts';
import type { Transpiler } from './transpiler.ts';

/** Changes whenever what we do to jco's output changes. */
const layoutVersion = 3;

/** A transpiled component on disk. */
export interface CachedComponent {
  /** The folder that holds `component.js` and the core modules. */
  readonly folder: string;
  /** The bytes of the core modules, by file name. */
  readonly modules: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** SHA-256 of each file of an entry, by its name. */
type Manifest = Readonly<Record<string, string>>;

/** Where transpiled components are kept: `KVASI_CACHE_DIR`, or the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.KVASI_CACHE_DIR || envPaths('kvasi', { suffix: '' }).cache;
}

/**
 * The transpiled form of a component, from the cache where it is there. `onSlow` is called when transpiling
 * takes more than half a second.
 *
 * @param name what errors call the component, such as its path
 */
export async function transpiled(
  name: string,
  component: Uint8Array,
  options: TranspileOptions,
  transpiler: Transpiler,
  onSlow: () => void,
): Promise<CachedComponent> {
  const key = createHash('sha256')
    .update(JSON.stringify([layoutVersion, await transpilerVersion(), options]))
    .update(component);
  const parent = join(cacheFolder(), 'components');
  const folder = join(parent, key.digest('hex'));
  const modules = await readModules(folder);
  if (modules !== undefined) return { folder, modules };

  const timer = setTimeout(onSlow, 500);
  try {
    const files = await transpiler.transpile(name, component, options);
    await store(folder, parent, files);
    return { folder, modules: modulesOf(Object.entries(files)) };
  } finally {
    clearTimeout(timer);
  }
}

/** The package does not export its `package.json`, which lies beside the folder of its entry. */
async function transpilerVersion(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@bytecodealliance/jco-transpile');
  const text = await readFile(join(dirname(entry), '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The core modules of an entry, or `undefined` where a file of it is missing or not what was written. */
async function readModules(folder: string): Promise<CachedComponent['modules'] | undefined> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
    const files = await Promise.all(
      Object.entries(manifest).map(async ([name, digest]) => {
        const bytes = await readFile(join(folder, name));
        if (digestOf(bytes) !== digest) throw new Error(`${name} is damaged`);
        return [name, bytes] as const;
      }),
    );
    return manifest['component.js'] === undefined ? undefined : modulesOf(files);
  } catch {
    return undefined;
  }
}

function modulesOf(
  files: readonly (readonly [string, Uint8Array<ArrayBuffer>])[],
): CachedComponent['modules'] {
  return new Map(files.filter(([name]) => name.endsWith('.wasm')));
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Writes beside and renames, so that a reader never meets half an entry. */
async function store(folder: string, parent: string, files: TranspiledFiles): Promise<void> {
  const manifest: Manifest = Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, digestOf(bytes)]),
  );
  const temporary = join(parent, `.${randomUUID()}`);
  try {
    await mkdir(temporary, { recursive: true });
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(temporary, name), bytes);
    await writeFile(join(temporary, 'package.json'), '{"type":"module"}\n');
    await writeFile(join(temporary, 'manifest.json'), JSON.stringify(manifest));
    await rename(temporary, folder).catch(async (error: unknown) => {
      if ((await readModules(folder)) !== undefined) return;
      await rm(folder, { recursive: true, force: true });
      await rename(temporary, folder).catch(() => {
        throw error;
      });
    });
  } catch (cause) {
    throw new HostError(
      'runtime',
      `the cache folder ${parent} can't be written: ${reasonOf(cause)}. Name another one in KVASI_CACHE_DIR.`,
      { cause },
    );
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
  }
}
