import { interfacesOf, providedImports, providedPackages, whyNotProvided } from '../interfaces/provided.ts';
import { HostError, reasonOf } from '../shared/host-error.ts';
import { isHandler } from './linking.ts';
import type { ComponentFile } from './read.ts';

/** Throws a `HostError` naming every import that isn't provided, or the export that is missing. */
export async function checkComponent({ path, description }: ComponentFile): Promise<void> {
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
  if (!description.exports.some(isHandler)) {
    const found =
      description.exports.length > 0 ? `it exports ${description.exports.join(', ')}` : 'it exports nothing';
    throw new HostError(
      'component',
      `${path} does not export wasi:http/incoming-handler@0.2.x or wasi:http/handler@0.3.x, so it can't answer requests; ${found}.`,
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
