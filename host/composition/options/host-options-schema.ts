import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { keptInstances } from '../../component/component-entries.ts';
import { blobEntries } from '../../interfaces/blobstore/configuration/blob-keys.ts';
import { bucketEntries } from '../../interfaces/keyvalue/configuration/store-keys.ts';
import { parseBroker } from '../../interfaces/messaging/broker-settings.ts';
import { parseLabel } from '../../settings/host-interfaces-setting.ts';
import { INSTANCE_MODES } from '../../settings/host-settings.ts';
import { address, between } from '../../settings/kind.ts';
import { limitEntries } from '../../settings/limits.ts';
import * as parts from '../../settings/schema/schema-parts.ts';
import { path, required, STRING_EXPECTED, variables } from '../../settings/schema/schema-parts.ts';
import { isPlainMap, typeOf } from '../../settings/shown-value.ts';
import { parsePath } from '../../shared/path.ts';
import { parsePostgresUrl } from '../../shared/server-url.ts';
import type { HostOptions } from './host-options.ts';

const COMPONENT = 'the path of a component, such as "app.wasm", or the URL of its file';
const FILE = 'the path of a configuration file, such as ".wash/config.yaml", or its URL';
const BLOBS = 'the name of a backend, or an entry such as { backend: "filesystem", path: "blobs" }';
const RULE =
  'a backend\'s name, "deny", "no-such-store", or an entry such as { backend: "redis", url: "redis://127.0.0.1:6379" }';

const MODULE = 'the path of a module, or an object with functions and classes';

/** Any value that is right. */
export const whereRight = (isRight: (given: unknown) => boolean, expected: string) =>
  v.custom<unknown>(isRight, expected);

/** A path, or that of a `file:` URL, be it text or of another library; undefined where it is none. */
export function pathOf(given: unknown): string | undefined {
  try {
    const isUrl = typeof given === 'object' && given !== null && typeOf(given) === 'URL';
    const text = isUrl ? String(given) : given;
    if (typeof text !== 'string' || 'expected' in parsePath(text)) return undefined;
    if (isUrl || text.startsWith('file:')) return fileURLToPath(text);
    return text;
  } catch {
    return undefined;
  }
}

const isPath = (given: unknown): boolean => pathOf(given) !== undefined;

const isModule = (given: unknown): boolean =>
  isPath(given) || (typeof given === 'object' && given !== null && !Array.isArray(given));

/** Names and their values, and no instance of something, which a record would take. */
const texts = v.pipe(
  v.custom<Readonly<Record<string, unknown>>>(isPlainMap, 'a map of names to text'),
  v.record(v.string(), v.string(STRING_EXPECTED)),
);

/** What can be changed while a host serves. */
export const changeableEntries = {
  component: v.nullish(whereRight(isPath, COMPONENT)),
  components: parts.sections(
    {
      name: required(parts.name('')),
      file: required(path('')),
      environment: variables(''),
      config: parts.textMap(''),
      allowedHosts: parts.hostPolicies(''),
      poolSize: keptInstances(parts, ''),
      maxInvocations: parts.count(''),
    },
    '',
  ),
  routes: parts.sections({ path: required(parts.text('')), component: required(parts.text('')) }, ''),
  keyvalue: v.nullish(
    v.record(
      v.string(),
      // A module's entry has keys of its own.
      v.union([v.string(), v.looseObject(bucketEntries)], RULE),
      'a map of identifiers to rules',
    ),
  ),
  blobstore: v.nullish(v.union([v.string(), v.strictObject(blobEntries)], BLOBS)),
  hostInterfaces: parts.sections(
    {
      namespace: required(parts.text('')),
      package: required(parts.text('')),
      interfaces: parts.texts(''),
      version: parts.text(''),
      config: parts.textMap(''),
      name: parts.parsed(parseLabel, ''),
    },
    '',
  ),
  imports: v.nullish(v.record(v.string(), whereRight(isModule, MODULE), 'a map of interfaces to modules')),
  environment: variables(''),
  secrets: v.nullish(texts),
  config: v.nullish(v.union([whereRight(isPath, FILE), texts], `a map of names to text, or ${FILE}`)),
  configFile: v.nullish(whereRight(isPath, FILE)),
  volumes: v.nullish(v.record(v.string(), required(path('')), 'a map of paths to folders')),
  allowedHosts: parts.hostPolicies(''),
  instances: parts.oneOf(INSTANCE_MODES, ''),
};

/** What every host is told, made of the pieces of the configuration file's schema. */
export const commonEntries = {
  ...changeableEntries,
  postgresUrl: parts.parsed(parsePostgresUrl, ''),
  requestTimeout: parts.timer(''),
  limits: parts.section(limitEntries(parts), ''),
  directory: path(''),
};

/** What `createHost` is told. */
export const hostEntries = {
  ...commonEntries,
  threads: between(1, 64).schema(parts, ''),
  address: address.schema(parts, ''),
  messaging: parts.parsed(parseBroker, ''),
} satisfies Readonly<Record<keyof HostOptions, v.GenericSchema>>;

/** What `commonEntries` make of options. */
export type CommonOptions = v.InferOutput<ReturnType<typeof commonSchema>>;
const commonSchema = () => v.object(commonEntries);
