import { placeOfKey } from '../../settings/at-place.ts';
import { formatPath } from '../../settings/file/parsed-file.ts';
import { fileKey } from '../../settings/file-key.ts';
import { quoted } from '../../settings/redact.ts';
import type { Setting } from '../../settings/setting.ts';
import { absolutePath, parsePath } from '../../shared/path.ts';
import { type ImportedModule, parseImportName } from './imported-module.ts';

/** What Node loads as a module. */
const extensions = /\.[mc]?[jt]s$/;

const imports = fileKey('dev.imports', ({ textMap }) =>
  textMap(
    'Modules that serve what a component imports and kvasi does not have, by the names of the interfaces: `acme:payments/api: ./payments.ts`.',
  ),
);

const importsSetting = {
  name: 'imports',
  keys: [imports],
  resolve({ file, directory, report, origins }): readonly ImportedModule[] {
    const written = Object.entries(file?.written(imports) ?? {});
    return written.map(([name, path]) => {
      const at = ['dev', 'imports', name];
      const parsed = parseImportName(name);
      const problem = (part: 'key' | 'value', text: string): void =>
        report.problem(() => `${file?.locate(at, part)}: ${text}`);
      if ('expected' in parsed)
        problem('key', `dev.imports has ${quoted(name)}. Expected ${parsed.expected}.`);
      const checked = parsePath(path);
      if ('expected' in checked)
        problem('value', `${formatPath(at)} is ${quoted(path)}. Expected ${checked.expected}.`);
      else if (!extensions.test(path))
        problem(
          'value',
          `${formatPath(at)} is ${quoted(path)}. Expected a module: a file that ends in .ts, .js or .mjs.`,
        );
      origins.set(`imports.${name}`, file?.locate(at, 'key') ?? '');
      return { kind: 'file', name, path: absolutePath(directory, path), place: placeOfKey({ file }, at) };
    });
  },
  *show(modules: readonly ImportedModule[]) {
    for (const module of modules) if (module.kind === 'file') yield [`imports.${module.name}`, module.path];
  },
} as const satisfies Setting<'imports', readonly ImportedModule[]>;

export const settings = [importsSetting] as const;
