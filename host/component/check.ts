import { sampleImports } from '../interfaces/sample-imports.ts';
import { servedPackages, whyNotServed } from '../interfaces/supported-versions.ts';
import { HostError } from '../shared/host-error.ts';
import { isHandler } from './linking.ts';
import type { ComponentFile } from './read.ts';

/** Throws a `HostError` naming every import that isn't provided, or the export that is missing. */
export function checkComponent({ path, description }: ComponentFile): void {
  const provided = sampleImports();
  const missing = description.imports.flatMap((item) => {
    const reason = whyNotServed(item, provided);
    return reason === undefined ? [] : [`  ${item.name}: ${reason}`];
  });
  const bare = description.otherImports.map((name) => `  ${name}: only interfaces can be imported`);
  const problems = [...missing, ...bare];
  if (problems.length > 0) {
    const provides = `Provided are: ${servedPackages().join('; ')}.`;
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
      `${path} does not export wasi:http/incoming-handler@0.2.x, so it can't answer requests; ${found}.`,
    );
  }
}
