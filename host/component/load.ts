import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HostError, reasonOf } from '../host-error.ts';
import { chooseDialect, type Dialect } from '../wasi/keyvalue/dialect.ts';
import { checkComponent } from './check.ts';
import { linkOf, type Program } from './program.ts';
import { type ComponentFile, readComponent } from './read.ts';
import { makeResettable } from './reset/prepare.ts';
import type { Transpiler } from './transpiler.ts';

/** A component that is ready to be instantiated. */
export interface LoadedComponent {
  readonly file: ComponentFile;
  readonly dialect: Dialect;
  readonly program: Program;
}

/**
 * Reads and checks a component, and compiles its core modules. One that this host can't link by itself, or any with
 * `KVASI_LOWERING=jco`, is transpiled by jco before.
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
  return { file, dialect: dialectOf(file), program: await programOf(file, transpiler, onSlow) };
}

async function programOf(file: ComponentFile, transpiler: Transpiler, onSlow: () => void): Promise<Program> {
  const link = linkOf(file.description);
  if ('problem' in link || process.env.KVASI_LOWERING === 'jco')
    return await transpiledProgram(file, transpiler, onSlow);
  const { modules, ...plan } = link;
  const resettable = makeResettable(link);
  const [prepared, reset] =
    'problem' in resettable ? [modules, resettable] : [resettable.modules, resettable.plan];
  const compiled = await Promise.all(prepared.map((bytes) => WebAssembly.compile(bytes)));
  return { kind: 'linked', plan, modules: compiled, reset };
}

async function transpiledProgram(
  file: ComponentFile,
  transpiler: Transpiler,
  onSlow: () => void,
): Promise<Program> {
  const { transpiled } = await import('./cache.ts');
  const { folder, modules } = await transpiled(file, transpiler, onSlow);
  const compile = async ([name, bytes]: readonly [string, Uint8Array<ArrayBuffer>]) =>
    [name, await WebAssembly.compile(bytes)] as const;
  const compiled = await Promise.all([...modules].map(compile)).catch((cause: unknown) => {
    throw new HostError('component', `${path} can't be compiled by this Node: ${reasonOf(cause)}`, { cause });
  });
  return {
    kind: 'transpiled',
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
