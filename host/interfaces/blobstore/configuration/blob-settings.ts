import type { NamedFile } from '../../../settings/at-place.ts';
import { redactUrls } from '../../../settings/redact.ts';
import { nearest } from '../../../shared/nearest.ts';
import type { Parsed } from '../../../shared/parsed.ts';
import { absolutePath, parsePath } from '../../../shared/path.ts';
import { parseNatsUrl } from '../../../shared/server-url.ts';

export const BLOB_BACKENDS = ['in_memory', 'filesystem', 'sqlite', 'nats'] as const;
export type BlobBackendName = (typeof BLOB_BACKENDS)[number];

/** Where blobs are. Paths are absolute. */
export type BlobSettings = {
  /** Text put in front of the names of the containers in the store: see `freshTestName`. Default: none. */
  readonly namespace?: string;
  /** A folder that fills the store when `kvasi dev` starts and the store is empty. */
  readonly seed?: NamedFile;
} & (
  | { readonly kind: 'in_memory' }
  | { readonly kind: 'filesystem' | 'sqlite'; readonly path: string }
  | { readonly kind: 'nats'; readonly url: string }
);

/** Where the blobs of all imports are. */
export type BlobStores = BlobSettings & {
  /** The stores of imports with labels, by these. Default: none. */
  readonly labels?: ReadonlyMap<string, BlobSettings> | undefined;
};

export const inMemoryBlobs: BlobSettings = { kind: 'in_memory' };

/** Where blobs are when nothing is said about it; paths start at the project's folder. */
const defaultPlaces: Readonly<Record<BlobBackendName, string>> = {
  in_memory: '',
  filesystem: '.kvasi/state/blobs',
  sqlite: '.kvasi/state/blobs.db',
  nats: 'nats://127.0.0.1:4222',
};

const isName = (text: string): text is BlobBackendName => BLOB_BACKENDS.some((name) => name === text);

/** A backend by its name. @param place where its data is; the default place where undefined */
export function blobsNamed(name: string, place: string | undefined, directory: string): Parsed<BlobSettings> {
  if (!isName(name)) {
    const suggestion = nearest(name, BLOB_BACKENDS);
    const hint = suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`;
    return { expected: `${BLOB_BACKENDS.join(', ')}${hint}` };
  }
  const where = place ?? defaultPlaces[name];
  if (name === 'in_memory') return { value: inMemoryBlobs };
  if (name === 'nats') {
    const url = parseNatsUrl(where);
    return 'expected' in url ? url : { value: { kind: name, url: where } };
  }
  const path = parsePath(where);
  return 'expected' in path ? path : { value: { kind: name, path: absolutePath(directory, where) } };
}

/**
 * What `--blobs` takes: a name, a server's URL, `filesystem:PATH` or `sqlite:PATH`.
 * @param places where the configuration file says that a backend's data is
 */
export function parseBlobs(
  text: string,
  directory: string,
  places: Partial<Record<BlobBackendName, string>>,
): Parsed<BlobSettings> {
  const scheme = /^([a-z_]+):/.exec(text)?.[1];
  if (scheme === 'nats' || scheme === 'tls') return blobsNamed('nats', text, directory);
  if (scheme === 'filesystem' || scheme === 'sqlite') {
    return blobsNamed(scheme, text.slice(scheme.length + 1), directory);
  }
  const result = blobsNamed(text, isName(text) ? places[text] : undefined, directory);
  return 'expected' in result
    ? { expected: `nats://HOST, filesystem:PATH, sqlite:PATH, ${result.expected}` }
    : result;
}

/** A store on one line, with the password of its URL hidden. */
export function formatBlobs(settings: BlobSettings): string {
  const place = 'url' in settings ? redactUrls(settings.url) : 'path' in settings ? settings.path : '';
  const seed = settings.seed === undefined ? '' : `(seed ${settings.seed.path})`;
  return [settings.kind, place, seed].filter((part) => part !== '').join(' ');
}
