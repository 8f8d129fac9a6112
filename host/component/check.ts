import { interfacesOf, providedImports, providedPackages, whyNotProvided } from '../interfaces/provided.ts';
import { HostError, reasonOf } from '../shared/host-error.ts';
import { type EntryPoint, handlerEntry, runEntry } from './entry-point.ts';
import type { ComponentFile } from './read.ts';

/**
 * Throws a `HostError` naming every import that isn't provided, or the export that is missing.
 *
 * @param entry the function that is to be called
 */
export async function checkComponent(
  { path, description }: ComponentFile,
  entry: EntryPoint = handlerEntry,
): Promise<void> {
  const provided = await providedImports();
  const missing = description.imports.flatMap((item) => {
    const reason = whyNotProvided(item, provided);
    return reason === undefined ? [] : [`  ${item.name}: ${reason}`];
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
  const { link } = description;
  const isThere =
    entry.isExported(description.exports) &&
    (entry.trigger === 'http' || 'problem' in link || link.exports.some((one) => entry.isEntry(one)));
  if (!isThere) {
    throw new HostError(
      'component',
      `${path} does not export ${entry.wanted}; ${found(description.exports)}.${adviceFor(entry, description.exports)}`,
    );
  }
  for (const one of interfacesOf(description.imports)) {
    try {
      one.check?.(description.imports);
    } catch (cause) {
      throw new HostError('component', `${path} can't be served: ${reasonOf(cause)}`, { cause });
    }
  }
}

function found(exports: readonly string[]): string {
  return exports.length > 0 ? `it exports ${exports.join(', ')}` : 'it exports nothing';
}

function adviceFor(entry: EntryPoint, exports: readonly string[]): string {
  if (entry === handlerEntry && runEntry.isExported(exports)) return ' It is a command: use kvasi run.';
  if (entry === runEntry && handlerEntry.isExported(exports)) return ' It answers requests: use kvasi dev.';
  return '';
}
