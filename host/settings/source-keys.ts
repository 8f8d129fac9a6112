import { fileKey, type SchemaParts } from './file-key.ts';

/** The variables of a component. */
export const environment = fileKey('workload.environment', ({ section, environmentEntries }) =>
  section(environmentEntries, 'What the component reads through `wasi:cli/environment`.'),
);
/** Where variables and secrets may come from, for `readEnvironment`. */
export const configs = fileKey('configs', (parts) =>
  parts.sectionMap(sourceEntries(parts), 'Values that `configFrom` names.'),
);
export const secrets = fileKey('secrets', (parts) =>
  parts.sectionMap(
    sourceEntries(parts),
    'Values that `secretFrom` names. They are never shown. A `file` has to be readable by its owner only.',
  ),
);

const sourceEntries = ({ textMap, path, texts }: SchemaParts) => ({
  inline: textMap('Values written here.'),
  file: path('File of `KEY=VALUE` lines; wins over `inline`.'),
  dir: path('Folder with one file for each value, named after its key; wins over `file`.'),
  fromEnv: texts('Environment variables of the host that are passed on; they win over `dir`.'),
});
