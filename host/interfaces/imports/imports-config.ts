import type { InterfaceDescription } from '../../engine/decode/wit-type.ts';
import { type ImportedModule, importsOfModules, moduleFor } from './imported-module.ts';
import type { ServedImport } from './served-import.ts';

/** A module as workers hear of it. */
export type WorkerModule =
  | { readonly kind: 'file'; readonly path: string; readonly place: string }
  /** In the main thread; see `GivenModule.id`. */
  | { readonly kind: 'given'; readonly id: number };

/** What a worker has of imports that modules serve. */
export interface ImportsConfig {
  readonly modules: readonly WorkerModule[];
  readonly served: readonly ServedImport[];
  /** What modules see of the host's variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The imports that modules serve. The same for the same lists, on whichever thread. */
export function servedImports(
  imports: readonly InterfaceDescription[],
  modules: readonly ImportedModule[],
): ServedImport[] {
  return importsOfModules(imports, modules).map((description) => {
    const module = moduleFor(description, modules);
    return { description, module: module === undefined ? -1 : modules.indexOf(module) };
  });
}
