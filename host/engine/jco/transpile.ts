import type { ComponentDescription } from '../decode/decode.ts';
import { mostHandles } from '../link/handles.ts';
import type { Suspends } from '../link/host-imports.ts';

/** The files that a component was transpiled to, by name; the glue is `component.js`. */
export type TranspiledFiles = Record<string, Uint8Array<ArrayBuffer>>;

/** The options of jco that the emitted files depend on; part of the cache's key. */
export interface TranspileOptions {
  readonly asyncImports: readonly string[];
  readonly asyncExports: readonly string[];
}

/**
 * Names the functions that may have to wait, which JSPI then suspends the guest for.
 *
 * @param asyncExports what is called on a stack of its own, such as `docs:adder/add@0.1.0#add`
 */
export function transpileOptions(
  { imports }: ComponentDescription,
  suspends: Suspends,
  asyncExports: readonly string[],
): TranspileOptions {
  const asyncImports = imports.flatMap(({ name, label = name, functions }) =>
    [...functions.keys()].filter((func) => suspends(name, func)).map((func) => `${label}#${func}`),
  );
  return { asyncImports, asyncExports };
}

/** Transpiles with jco. Takes 0.1 to 1 s of computing; see `transpile-thread.ts`. */
export async function transpile(component: Uint8Array, options: TranspileOptions): Promise<TranspiledFiles> {
  const { transpileBytes } = await import('@bytecodealliance/jco-transpile');
  const { files } = await transpileBytes(component, {
    name: 'component',
    instantiation: 'sync',
    asyncMode: 'jspi',
    asyncImports: [...options.asyncImports],
    asyncExports: [...options.asyncExports],
    importBindings: 'js',
    emitTypescriptDeclarations: false,
    base64Cutoff: 0,
  });
  const glue = files['component.js'];
  if (glue === undefined) throw new Error('jco emitted no component.js');
  return {
    ...files,
    'component.js': new TextEncoder().encode(changed(new TextDecoder().decode(glue))),
  };
}

function changed(glue: string): string {
  return withHandleLimit(withTraps(withoutDebugLog(glue)));
}

/**
 * jco's glue looks up an environment variable on every call of every import to decide about logging, which
 * halves its speed: https://github.com/bytecodealliance/jco (JCO_DEBUG in the emitted `_debugLog`).
 */
function withoutDebugLog(glue: string): string {
  return glue.replace('if (!globalThis?.process?.env?.JCO_DEBUG) { return; }', 'return;');
}

/** The tables of handles in jco's glue grow without end; each may have as many as an instance of our own linker. */
function withHandleLimit(glue: string): string {
  const check =
    `if (table.length >= ${2 * mostHandles + 2} && (table[0] & ~T_FLAG) === 0) throw new WebAssembly.RuntimeError(` +
    `'the component holds ${mostHandles} handles of a resource, which is the most that it may');`;
  return glue.replace('function rscTableCreateOwn(table, rep) {', (begin) => `${begin} ${check}`);
}

/**
 * Where a function that may wait traps, jco's glue hands the guest a promise that is never settled, and the request waits until
 * its time is up.
 */
function withTraps(glue: string): string {
  return glue.replaceAll(/(task\.exit\(\);\s+)return task\.completionPromise\(\);/g, '$1throw err;');
}
