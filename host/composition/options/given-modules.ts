import { type GivenModule, parseImportName } from '../../interfaces/imports/imported-module.ts';
import { formatPath } from '../../settings/file/parsed-file.ts';
import { HostError } from '../../shared/host-error.ts';

let lastId = 0;

/** Functions and classes that options have for imports. Throws a `HostError` for a name that none can have. */
export function givenModules(imports: Readonly<Record<string, unknown>>, caller: string): GivenModule[] {
  return Object.entries(imports).flatMap(([name, members]) => {
    if (typeof members !== 'object' || members === null) return [];
    const parsed = parseImportName(name);
    if ('expected' in parsed)
      throw new HostError(
        'usage',
        `${caller}: imports has ${JSON.stringify(name)}. Expected ${parsed.expected}.`,
      );
    lastId += 1;
    return [
      { kind: 'given', id: lastId, name, members, place: `${caller}: ${formatPath(['imports', name])}` },
    ];
  });
}
