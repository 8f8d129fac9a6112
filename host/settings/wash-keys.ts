import type { FileKey, KeySchema } from './file-key.ts';
import { largestCount } from './largest-count.ts';
import {
  between,
  command,
  count,
  environmentEntries,
  flag,
  hostPolicies,
  oneOf,
  path,
  section,
  sections,
  text,
  textMap,
  texts,
} from './schema/schema-parts.ts';

const pullPolicy = (description: string) => oneOf(['always', 'ifNotPresent', 'never'], description);

/** Where a component comes from. */
const source = {
  file: path('Path of a component.'),
  image: text('Reference of a component in an OCI registry.'),
  pullPolicy: pullPolicy('When the image is pulled.'),
};

const ports = (description: string) =>
  sections(
    {
      name: text('Name of the port.'),
      port: count('Port inside of the component.'),
      protocol: text('TCP or UDP.'),
      publish: count('Port of this machine that leads to it.'),
      bind: text('Address of this machine that the plugin binds itself.'),
    },
    description,
  );

const plugins = sections(
  {
    id: text('Name of the plugin.'),
    ...source,
    ...environmentEntries,
    maxRestarts: between(
      0,
      largestCount,
      `a whole number from 0 to ${largestCount}`,
      'Restarts before the plugin is given up.',
    ),
    expectedDigest: text('Digest that the image has to have.'),
    allowedHosts: hostPolicies('Hosts that the plugin may send requests to.'),
    allowedIpNameLookups: texts('Names that the plugin may look up.'),
    ports: ports('Ports that the plugin listens on.'),
  },
  'Components that provide interfaces to others.',
);

/**
 * Keys of wash that are read and checked but change nothing yet, by what is missing. Delete a key here when a setting takes
 * it over: nothing else refers to it.
 */
const withoutEffect: Readonly<Record<string, Readonly<Record<string, KeySchema>>>> = {
  'kvasi run runs a component that is itself the service, and dev.service_file names one beside it': {
    'dev.service': flag('Whether the component is a service.'),
  },
  'no service is pulled from a registry': {
    'dev.service_pull_policy': pullPolicy('When that image is pulled.'),
  },
  'nothing is pulled from registries': {
    'dev.allow_insecure_registries': flag('Whether registries are reached over plain HTTP.'),
  },
  'wasi:webgpu is not provided': { 'dev.wasi_webgpu': flag('Whether `wasi:webgpu` is provided.') },
  'WebAssembly proposals are those of this Node': {
    'dev.wasm_proposals': texts('Further WebAssembly proposals to turn on.'),
  },
};

const wit = {
  wit_dir: path('Folder of the WIT files.'),
  skip_fetch: flag('Whether dependencies are left alone.'),
  sources: textMap('Where a package is taken from.'),
  registries: sections(
    { url: text('Registry.'), username: text('User.'), token: text('Password or token.') },
    'Credentials of registries.',
  ),
};

const ofOthers: Readonly<Record<string, KeySchema>> = {
  $schema: text('Where an editor finds the schema of this file.'),
  version: text('Version of the file format, as wash writes it. Not used.'),
  new: section({ command: command('Command run after a project is created.') }, 'Settings of `wash new`.'),
  host: section({ hostPlugins: plugins }, 'Settings of `wash host`.'),
  wit: section(wit, 'Settings of `wash wit`.'),
};

export const keysWithoutEffect: readonly FileKey[] = Object.entries(withoutEffect).flatMap(
  ([missing, keys]) => Object.entries(keys).map(([key, schema]) => ({ key, schema: () => schema, missing })),
);

/** Keys of editors and of other commands of wash. They are checked and not used. */
export const keysOfOthers: readonly FileKey[] = Object.entries(ofOthers).map(([key, schema]) => ({
  key,
  schema: () => schema,
}));
