import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HostError, reasonOf } from '../host-error.ts';
import { chooseDialect, type Dialect } from '../wasi/keyvalue/dialect.ts';
import { transpiled } from './cache.ts';
import { checkComponent } from './check.ts';
import { type ComponentFile, readComponent } from './read.ts';
import type { Transpiler } from './transpiler.ts';

/** A component that is ready to be instantiated. */
export interface LoadedComponent {
  readonly file: ComponentFile;
  readonly dialect: Dialect;
  /** File URL of the glue that jco emitted. */
  readonly glue: string;
  readonly modules: ReadonlyMap<string, WebAssembly.Module>;
}

/**
 * Reads, checks and transpiles a component, and compiles its core modules.
 * Throws a `HostError` when the file is no component or asks for something that isn't provided.
 *
 * @param onSlow called when transpiling takes more than half a second
 */
export async function loadComponent(
  path: string,
  transpiler: Transpiler,
  onSlow: () => void,
): Promise<LoadedComponent> {
  const file = await readComponent(path);
  checkComponent(file);
  const { folder, modules } = await transpiled(file, transpiler, onSlow);
  const compile = async ([name, bytes]: readonly [string, Uint8Array<ArrayBuffer>]) =>
    [name, await WebAssembly.compile(bytes)] as const;
  const compiled = await Promise.all([...modules].map(compile)).catch((cause: unknown) => {
    throw new HostError('component', `${path} can't be compiled by this Node: ${reasonOf(cause)}`, { cause });
  });
  return {
    file,
    dialect: dialectOf(file),
    glue: pathToFileURL(join(folder, 'component.js')).href,
    modules: new Map(compiled),
  };
}

/** Throws a `HostError` when the component's keyvalue has a shape that nobody knows. */
export function dialectOf({ path, description }: ComponentFile): Dialect {
  try {
    return chooseDialect(description.imports);
  } catch (cause) {
    throw new HostError('component', `${path} can't be served: ${reasonOf(cause)}`, { cause });
  }
}
