import type { InterfaceDescription } from '../engine/decode/wit-type.ts';
import { interfacesOf, providedImports, providedPackages, whyNotProvided } from '../interfaces/provided.ts';
import { HostError, reasonOf } from '../shared/host-error.ts';
import { type EntryPoint, handlerEntry, isMessageHandler, runEntry } from './entry-point.ts';
import type { ComponentFile } from './read.ts';

/**
 * Throws a `HostError` naming every import that isn't provided, or the export that is missing.
 *
 * @param entry the function that is to be called
 */
export async function checkComponent(file: ComponentFile, entry: EntryPoint = handlerEntry): Promise<void> {
  const { path, description } = file;
  await checkImports(file, description.imports);
  const { link, exports } = description;
  // A component that handles messages need not answer requests.
  const isThere =
    (entry.isExported(exports) || (entry === handlerEntry && exports.some(isMessageHandler))) &&
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

/**
 * Throws a `HostError` naming every import that isn't provided.
 *
 * @param imports those that the host is to provide
 * @param hint what more there is to say of one that it does not
 */
export async function checkImports(
  { path, description }: ComponentFile,
  imports: readonly InterfaceDescription[],
  hint: (importName: string) => string | undefined = () => undefined,
): Promise<void> {
  const provided = await providedImports();
  const missing = imports.flatMap((item) => {
    const reason = whyNotProvided(item, provided);
    if (reason === undefined) return [];
    const more = hint(item.name);
    return [`  ${item.name}: ${reason}${more === undefined ? '' : `; ${more}`}`];
  });
  const bare = description.otherImports.map((name) => `  ${name}: only interfaces can be imported`);
  const problems = [...missing, ...bare];
  if (problems.length > 0) {
    const provides = `Provided are: ${providedPackages().join('; ')}.`;
    throw new HostError(
      'component',
      `${path} imports what is not provided:\n${problems.join('\n')}\n${provides}`,
    );
  }
  for (const one of interfacesOf(imports)) {
    try {
      one.check?.(imports);
    } catch (cause) {
      throw new HostError('component', `${path} can't be served: ${reasonOf(cause)}`, { cause });
    }
  }
}

function adviceFor(entry: EntryPoint, exports: readonly string[]): string {
  if (entry === handlerEntry && runEntry.isExported(exports)) return ' It is a command: use kvasi run.';
  if (entry === runEntry && handlerEntry.isExported(exports)) return ' It answers requests: use kvasi dev.';
  return '';
}
