import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import * as v from 'valibot';
import { limitsSection } from '../../settings/limits-schema.ts';
import { bucketEntries } from '../../settings/schema-dev.ts';
import {
  flag,
  oneOf,
  path,
  required,
  STRING_EXPECTED,
  timer,
  variables,
} from '../../settings/schema-parts.ts';
import { INSTANCE_MODES } from '../../settings/settings.ts';
import { isPlainMap, typeOf } from '../../settings/shown-value.ts';
import { MOMENT } from '../../shared/moment.ts';
import { parsePath } from '../../shared/path.ts';
import type { HostOptions } from '../host-options.ts';
import { momentOf } from '../moment-of.ts';

const COMPONENT = 'the path of a component, such as "app.wasm", or the URL of its file';
const FILE = 'the path of a configuration file, such as ".wash/config.yaml", or its URL';
const CLOCK = `"system", "frozen", a Date, or ${MOMENT}`;
const RULE =
  'a backend\'s name, "deny", "no-such-store", or an entry such as { backend: "redis", url: "redis://127.0.0.1:6379" }';

/** Any value that is right. */
const whereRight = (isRight: (given: unknown) => boolean, expected: string) =>
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

/** Names and their values, and no instance of something, which a record would take. */
const texts = v.pipe(
  v.custom<Readonly<Record<string, unknown>>>(isPlainMap, 'a map of names to text'),
  v.record(v.string(), v.string(STRING_EXPECTED)),
);

/** A number is no moment here: a reader would have to guess its unit. */
function isClock(given: unknown): boolean {
  if (given === 'system' || given === 'frozen') return true;
  return (typeof given === 'string' || types.isDate(given)) && 'value' in momentOf(given);
}

/** What `startHost` is told, made of the pieces of the configuration file's schema. */
export const hostEntries = {
  component: v.nullish(whereRight(isPath, COMPONENT)),
  keyvalue: v.nullish(
    v.record(
      v.string(),
      // A module's entry has keys of its own.
      v.union([v.string(), v.looseObject(bucketEntries)], RULE),
      'a map of identifiers to rules',
    ),
  ),
  environment: variables(''),
  config: v.nullish(v.union([whereRight(isPath, FILE), texts], `a map of names to text, or ${FILE}`)),
  configFile: v.nullish(whereRight(isPath, FILE)),
  ownsData: flag(''),
  volumes: v.nullish(v.record(v.string(), required(path('')), 'a map of paths to folders')),
  instances: oneOf(INSTANCE_MODES, ''),
  requestTimeout: timer(''),
  limits: limitsSection,
  directory: path(''),
  clock: v.nullish(whereRight(isClock, CLOCK)),
  seed: v.nullish(
    whereRight((given) => typeof given === 'string' || Number.isFinite(given), 'a number or text'),
  ),
} satisfies Readonly<Record<keyof HostOptions, v.GenericSchema>>;

export const hostOptionsSchema = v.object(hostEntries);
