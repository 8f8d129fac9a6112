import type { CodeSplittingOptions, Plugin } from 'rolldown';

/**
 * For a bundle whose modules that are always needed are to be one file: a thread that has to find and link thirty files starts later, also
 * where each is small. A module that only some starts need stays apart.
 *
 * @param root the module that needs them
 */
export function oneFile(root: RegExp, name: string): { plugin: Plugin; codeSplitting: CodeSplittingOptions } {
  const needed = new Set<string>();
  return {
    plugin: {
      name: 'one-file',
      transform: { filter: { id: /[/\\]interfaces[/\\]index\.[jt]s$/ }, handler: interfacesAtOnce },
      buildEnd() {
        const visit = (id: string): void => {
          const info = this.getModuleInfo(id);
          if (needed.has(id) || info === null || info.id.startsWith('node:')) return;
          needed.add(id);
          info.importedIds.forEach(visit);
        };
        // The root itself awaits what it does, and what is loaded meanwhile must not wait for it.
        for (const id of this.getModuleIds())
          if (root.test(id)) this.getModuleInfo(id)?.importedIds.forEach(visit);
      },
    },
    codeSplitting: { groups: [{ name, test: (id) => needed.has(id) }] },
  };
}

/** The table of interfaces loads each when it is needed. Here all are. */
function interfacesAtOnce(code: string): string {
  const imports: string[] = [];
  const table = code.replaceAll(/import\('(\.\/[\w-]+\/index\.[jt]s)'\)/g, (_, path: string) => {
    const name = `interfaces${imports.length}`;
    imports.push(`import * as ${name} from '${path}';\n`);
    return `Promise.resolve(${name})`;
  });
  return imports.join('') + table;
}
