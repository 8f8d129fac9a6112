import type { InterfaceDescription } from '../engine/decode/wit-type.ts';
import { interfacesOf, providedImports, providedPackages, whyNotProvided } from '../interfaces/provided.ts';
import { HostError, reasonOf } from '../shared/host-error.ts';
import { isHandler } from './linking.ts';
import type { ComponentFile } from './read.ts';

/** Throws a `HostError` naming every import that isn't provided, or the export that is missing. */
export async function checkComponent(file: ComponentFile): Promise<void> {
  const { path, description } = file;
  await checkImports(file, description.imports);
  if (!description.exports.some(isHandler)) throw noHandler(path, description.exports);
}

/** What there is to say where nothing can answer requests. */
export function noHandler(path: string, exports: readonly string[]): HostError {
  const found = exports.length > 0 ? `it exports ${exports.join(', ')}` : 'it exports nothing';
  return new HostError(
    'component',
    `${path} does not export wasi:http/incoming-handler 0.2.0 to 0.2.12 or wasi:http/handler 0.3.0 to 0.3.2, so it can't answer requests; ${found}.`,
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
