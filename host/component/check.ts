import { parseInterfaceName } from '../engine/decode/interface-name.ts';
import type { InterfaceDescription } from '../engine/decode/wit-type.ts';
import { type ImportedModule, moduleFor } from '../interfaces/imports/imported-module.ts';
import { interfacesOf, providedImports, providedPackages, whyNotProvided } from '../interfaces/provided.ts';
import { HostError, reasonOf } from '../shared/host-error.ts';
import { type EntryPoint, handlerEntry, isCalledBesides, runEntry } from './entry-point.ts';
import type { ComponentFile } from './read.ts';

/**
 * Throws a `HostError` naming every import that isn't provided, or the export that is missing.
 *
 * @param entry the function that is to be called
 */
export async function checkComponent(
  file: ComponentFile,
  entry: EntryPoint = handlerEntry,
  modules: readonly ImportedModule[] = [],
): Promise<void> {
  const { path, description } = file;
  await checkImports(file, description.imports, { modules });
  const { link, exports } = description;
  // A component that handles messages or watches buckets need not answer requests.
  const isThere =
    (entry.isExported(exports) || (entry === handlerEntry && exports.some(isCalledBesides))) &&
    (entry.trigger === 'http' || 'problem' in link || link.exports.some((one) => entry.isEntry(one)));
  if (!isThere) throw noEntry(path, exports, entry);
}

/** What there is to say where a component lacks what is to be called. */
export function noEntry(
  path: string,
  exports: readonly string[],
  entry: EntryPoint = handlerEntry,
): HostError {
  const found = exports.length > 0 ? `it exports ${exports.join(', ')}` : 'it exports nothing';
  return new HostError(
    'component',
    `${path} does not export ${entry.wanted}; ${found}.${adviceFor(entry, exports)}`,
  );
}

interface CheckOptions {
  readonly modules: readonly ImportedModule[];
  readonly hint?: (importName: string) => string | undefined;
}

/**
 * Throws a `HostError` naming every import that isn't provided.
 *
 * @param imports those that the host is to provide
 * @param modules what serves imports that the host does not have
 * @param hint what more there is to say of one that nobody serves
 */
export async function checkImports(
  { path, description }: ComponentFile,
  imports: readonly InterfaceDescription[],
  { modules, hint = moduleHint }: CheckOptions,
): Promise<void> {
  const provided = await providedImports();
  const missing = imports.flatMap((item) => {
    const reason = whyNotProvided(item, provided);
    const module = moduleFor(item, modules);
    if (module !== undefined && reason === undefined && item.functions.size > 0)
      return [`  ${item.name}: kvasi serves it; remove ${module.place}`];
    if (module !== undefined || reason === undefined) return [];
    const more = hint(item.name);
    return [`  ${item.name}: ${reason}${more === undefined ? '' : `; ${more}`}`];
  });
  const bare = description.otherImports.map((name) => `  ${name}: only interfaces can be imported`);
  const problems = [...missing, ...bare, ...twice(imports, modules)];
  if (problems.length > 0) {
    const provides = `Provided are: ${providedPackages().join('; ')}.`;
    throw new HostError(
      'component',
      `${path} imports what is not provided:\n${problems.join('\n')}\n${provides}`,
    );
  }
  for (const one of interfacesOf(imports, modules)) {
    try {
      one.check?.(imports);
    } catch (cause) {
      throw new HostError('component', `${path} can't be served: ${reasonOf(cause)}`, { cause });
    }
  }
}

/** A component finds what serves an interface by its name, whatever the version. */
function twice(imports: readonly InterfaceDescription[], modules: readonly ImportedModule[]): string[] {
  const served = imports.filter((item) => item.label === undefined && moduleFor(item, modules) !== undefined);
  const byName = Map.groupBy(served, ({ name }) => parseInterfaceName(name).key);
  return [...byName.values()].flatMap(([first, second]) =>
    first === undefined || second === undefined
      ? []
      : [
          `  ${second.name}: ${first.name} is imported too, and modules can serve one version of an interface only`,
        ],
  );
}

function moduleHint(importName: string): string | undefined {
  if (importName.startsWith('wasi:')) return undefined;
  const { unversioned } = parseInterfaceName(importName);
  return `a module can serve it: dev.imports: { '${unversioned}': ./module.ts }`;
}

function adviceFor(entry: EntryPoint, exports: readonly string[]): string {
  if (entry === handlerEntry && runEntry.isExported(exports)) return ' It is a command: use kvasi run.';
  if (entry === runEntry && handlerEntry.isExported(exports)) return ' It answers requests: use kvasi dev.';
  return '';
}
