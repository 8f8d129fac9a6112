import { fileURLToPath } from 'node:url';
import type { NamedFile } from '../../../settings/at-place.ts';
import { nearest } from '../../../shared/nearest.ts';
import type { Parsed } from '../../../shared/parsed.ts';
import { absolutePath, parsePath } from '../../../shared/path.ts';
import { parseNatsUrl, parsePostgresUrl, parseRedisUrl } from '../../../shared/server-url.ts';

/** The backends that have a name; every other backend is a module path. */
export const BACKEND_NAMES = ['in_memory', 'filesystem', 'sqlite', 'redis', 'nats', 'postgres'] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

/** What every backend can be told about the buckets that it serves. */
export interface BucketOptions {
  /** Text put in front of every key in the store. Default: none. */
  readonly prefix?: string;
  /** Milliseconds that a key lives after its last write. Default: for ever. */
  readonly ttl?: number;
  /** How new counters are written: decimal digits, or wash's 8 bytes. Default: `ascii`. */
  readonly counters?: 'ascii' | 'wash';
  /** A JSON Lines file that fills the bucket when `kvasi dev` starts and the bucket is empty. */
  readonly seed?: NamedFile;
}

/** What else a test's host says of the buckets. */
interface TestOptions {
  /** Text put in front of the names of the buckets in the store: see `freshTestName`. Default: none. */
  readonly namespace?: string;
}

/** One store, and where it is. Paths are absolute. */
export type BackendSettings = BucketOptions &
  TestOptions &
  (
    | { readonly kind: 'in_memory' }
    | { readonly kind: 'filesystem'; readonly path: string }
    | { readonly kind: 'sqlite'; readonly path: string }
    /** Flat: keys are named as they are, without their bucket, which so is always the same one. */
    | { readonly kind: 'redis'; readonly url: string; readonly isFlat?: boolean }
    | { readonly kind: 'nats'; readonly url: string }
    | { readonly kind: 'postgres'; readonly url: string }
    /** A backend of the user's own: a JavaScript or TypeScript module, and what its own schema is to check. */
    | { readonly kind: 'module'; readonly path: string; readonly options: Readonly<Record<string, unknown>> }
  );

/** Where a backend's data is when nothing is said about it; paths start at the project's folder. */
const DEFAULT_PLACES: Readonly<Record<BackendName, string>> = {
  in_memory: '',
  filesystem: '.kvasi/state/files',
  sqlite: '.kvasi/state/kv.db',
  redis: 'redis://127.0.0.1:6379',
  nats: 'nats://127.0.0.1:4222',
  postgres: 'postgres://127.0.0.1:5432',
};

/** Which key of a bucket's section says where the data is. */
export const PLACE_KEYS: Readonly<Record<BackendSettings['kind'], 'path' | 'url' | undefined>> = {
  in_memory: undefined,
  filesystem: 'path',
  sqlite: 'path',
  redis: 'url',
  nats: 'url',
  postgres: 'url',
  module: undefined,
};

const urlParsers = { redis: parseRedisUrl, nats: parseNatsUrl, postgres: parsePostgresUrl };

/** What begins the path of a module with a backend, as opposed to a backend's name. */
export const MODULE_PATH = /^(\.{0,2}|~)\/|^file:/;

const isModule = (text: string): boolean => MODULE_PATH.test(text);

const isName = (text: string): text is BackendName => BACKEND_NAMES.some((name) => name === text);

/**
 * A backend by its name or module path.
 * @param place where its data is; the default place where undefined
 */
export function backendNamed(
  name: string,
  place: string | undefined,
  directory: string,
): Parsed<BackendSettings> {
  if (isModule(name)) {
    return { value: { kind: 'module', path: modulePath(name, directory), options: {} } };
  }
  if (!isName(name)) {
    const suggestion = nearest(name, BACKEND_NAMES);
    const hint = suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`;
    return { expected: `${BACKEND_NAMES.join(', ')} or the path of a module such as ./my-backend.ts${hint}` };
  }
  const where = place ?? DEFAULT_PLACES[name];
  switch (name) {
    case 'in_memory':
      return { value: { kind: name } };
    case 'filesystem':
    case 'sqlite': {
      const path = parsePath(where);
      return 'expected' in path ? path : { value: { kind: name, path: absolutePath(directory, where) } };
    }
    case 'redis':
    case 'nats':
    case 'postgres': {
      const url = urlParsers[name](where);
      return 'expected' in url ? url : { value: { kind: name, url: where } };
    }
  }
}

/**
 * What `--backend` takes: a name, a server's URL, `filesystem:PATH`, `sqlite:PATH` or a module's path.
 * @param places where the configuration file says that a backend's data is
 */
export function parseBackend(
  text: string,
  directory: string,
  places: Partial<Record<BackendName, string>>,
): Parsed<BackendSettings> {
  const scheme = /^([a-z_]+):/.exec(text)?.[1];
  switch (scheme) {
    case 'redis':
    case 'rediss':
      return backendNamed('redis', text, directory);
    case 'nats':
    case 'tls':
      return backendNamed('nats', text, directory);
    case 'postgres':
    case 'postgresql':
      return backendNamed('postgres', text, directory);
    case 'filesystem':
    case 'sqlite':
      return backendNamed(scheme, text.slice(scheme.length + 1), directory);
  }
  const result = backendNamed(text, isName(text) ? places[text] : undefined, directory);
  return 'expected' in result
    ? {
        expected: `redis://HOST, nats://HOST, postgres://HOST, filesystem:PATH, sqlite:PATH, ${result.expected}`,
      }
    : result;
}

function modulePath(text: string, directory: string): string {
  return text.startsWith('file:') && URL.canParse(text) ? fileURLToPath(text) : absolutePath(directory, text);
}
