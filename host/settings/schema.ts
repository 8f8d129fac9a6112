import * as v from 'valibot';
import { allowedHosts, devEntries, environmentEntries, pluginEntries } from './schema-dev.ts';
import {
  command,
  flag,
  path,
  section,
  sectionMap,
  sections,
  text,
  textMap,
  texts,
  variables,
} from './schema-parts.ts';

const sourceEntries = {
  inline: textMap('Values written here.'),
  file: path('File of `KEY=VALUE` lines; wins over `inline`.'),
  dir: path('Folder with one file for each value, named after its key; wins over `file`.'),
  fromEnv: texts('Environment variables of the host that are passed on; they win over `dir`.'),
};

/** The configuration file: what `wash` reads, and `dev.instances`, `dev.requestTimeout`, `dev.keyvalue`. */
export const configFileSchema = v.pipe(
  v.object(
    {
      $schema: text('Where an editor finds the schema of this file.'),
      version: text('Version of the file format, as wash writes it. Not used.'),
      build: section(
        {
          command: command(
            'Shell command that builds the component, run in the project’s folder at the start and when a source changes.',
          ),
          env: variables('Variables for that command.'),
          component_path: path('The component that the command makes.'),
        },
        'How the component is built.',
      ),
      dev: section(devEntries, 'How the component is run.'),
      workload: section(
        {
          environment: section(
            environmentEntries,
            'What the component reads through `wasi:cli/environment`.',
          ),
          config: textMap('What the component reads through `wasi:config/store`.'),
          allowedHosts: allowedHosts(
            'Hosts that the component may send requests to. Absent: all. `[]`: none. No `workload` at all: none.',
          ),
          allowedIpNameLookups: texts('Names that the component may look up.'),
          allowedHostLoopbackPorts: texts('Ports of this machine that the component may reach.'),
        },
        'What the component is given.',
      ),
      configs: sectionMap(sourceEntries, 'Values that `configFrom` names.'),
      secrets: sectionMap(
        sourceEntries,
        'Values that `secretFrom` names. They are never shown. A `file` has to be readable by its owner only.',
      ),
      new: section(
        { command: command('Command run after a project is created.') },
        'Settings of `wash new`.',
      ),
      host: section(
        { hostPlugins: sections(pluginEntries, 'Components that provide interfaces to others.') },
        'Settings of `wash host`.',
      ),
      wit: section(
        {
          wit_dir: path('Folder of the WIT files.'),
          skip_fetch: flag('Whether dependencies are left alone.'),
          sources: textMap('Where a package is taken from.'),
          registries: sections(
            { url: text('Registry.'), username: text('User.'), token: text('Password or token.') },
            'Credentials of registries.',
          ),
        },
        'Settings of `wash wit`.',
      ),
    },
    'a map of sections such as "dev:"',
  ),
  v.title('kvasi configuration'),
  v.description('The configuration of a project: .wash/config.yaml, .yml, .json or .toml.'),
);

/** A configuration file that has been checked. */
export type ConfigFile = v.InferOutput<typeof configFileSchema>;
