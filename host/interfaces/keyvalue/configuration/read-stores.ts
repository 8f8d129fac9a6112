import { formatPath, type KeyPath, type Locate } from '../../../settings/file/parsed-file.ts';
import { quoted } from '../../../settings/redact.ts';
import type { Report } from '../../../settings/report.ts';
import { reportUnknownKey } from '../../../settings/schema/validate.ts';
import { parseDuration } from '../../../shared/duration.ts';
import { absolutePath } from '../../../shared/path.ts';
import {
  type BackendName,
  type BackendSettings,
  type BucketOptions,
  backendNamed,
  PLACE_KEYS,
} from './backend-settings.ts';
import type { ModuleEntry } from './module-options.ts';
import { bucketEntries, type WrittenStore, type WrittenStores } from './store-keys.ts';
import type { IdentifierRule, KeyvalueSettings } from './store-rules.ts';

/** The keys of an entry that no module gets. */
const HOST_KEYS: ReadonlySet<string> = new Set(['backend', 'ttl', 'prefix', 'counters', 'seed']);
const IN_MEMORY: BackendSettings = { kind: 'in_memory' };

/** What a file says about stores, and where it says it. */
export interface FileStores {
  readonly keyvalue: KeyvalueSettings;
  /** `keyvalue.default`, `keyvalue.others` and `keyvalue.named.<identifier>` to the place of the key that decides. */
  readonly origins: ReadonlyMap<string, string>;
  /** Where the data of a backend is, so that naming it is enough. */
  readonly places: Partial<Record<BackendName, string>>;
  /** The entries that name modules. */
  readonly modules: readonly ModuleEntry[];
}

/**
 * Reads the flat keys of wash and `dev.keyvalue`. Of the flat keys the first that is set serves every
 * identifier, as in wash; each one also serves the identifier that equals its backend's name.
 */
export function readStores(
  written: WrittenStores,
  directory: string,
  locate: Locate,
  report: Report,
): FileStores {
  const origins = new Map<string, string>();
  const named = new Map<string, IdentifierRule>();
  const places: Partial<Record<BackendName, string>> = {};
  const modules: ModuleEntry[] = [];
  let base: BackendSettings | undefined;

  for (const { key, backend } of flatBackends(written, directory)) {
    const origin = locate(['dev', key], 'key');
    if (!base) origins.set('keyvalue.default', origin);
    base ??= backend;
    if (named.has(backend.kind)) continue;
    named.set(backend.kind, backend);
    origins.set(`keyvalue.named.${backend.kind}`, origin);
    if (backend.kind === 'redis' || backend.kind === 'nats') places[backend.kind] = backend.url;
    if (backend.kind === 'filesystem') places.filesystem = backend.path;
  }

  let others: IdentifierRule | undefined;
  for (const [identifier, entry] of Object.entries(written.keyvalue ?? {})) {
    const path = ['dev', 'keyvalue', identifier];
    const rule =
      typeof entry === 'string' ? entry : readEntry(entry, path, directory, places, locate, report);
    if (typeof rule !== 'string' && rule.kind === 'module') {
      modules.push({ path, module: rule.path, options: rule.options });
    }
    const origin = locate(path, 'key');
    if (identifier === 'default' && typeof rule !== 'string') {
      base = rule;
      // Listed, so not one of the others: `open("default")` works even where "*" refuses.
      named.set(identifier, rule);
      origins.set('keyvalue.named.default', origin);
      origins.set('keyvalue.default', origin);
    } else if (identifier === '*') {
      others = rule;
      origins.set('keyvalue.others', origin);
    } else {
      named.set(identifier, rule);
      origins.set(`keyvalue.named.${identifier}`, origin);
    }
  }
  const fallback = base ?? IN_MEMORY;
  return { keyvalue: { default: fallback, named, others: others ?? fallback }, origins, places, modules };
}

/** The flat keys that are set, strongest first. */
function flatBackends(
  written: WrittenStores,
  directory: string,
): { key: string; backend: BackendSettings }[] {
  const { wasi_keyvalue_redis_url: redis, wasi_keyvalue_nats_url: nats } = written;
  const { wasi_keyvalue_path: path, data_nats_url: dataNats } = written;
  const found: { key: string; backend: BackendSettings }[] = [];
  if (redis) found.push({ key: 'wasi_keyvalue_redis_url', backend: { kind: 'redis', url: redis } });
  if (nats) found.push({ key: 'wasi_keyvalue_nats_url', backend: { kind: 'nats', url: nats } });
  if (path) {
    const backend: BackendSettings = { kind: 'filesystem', path: absolutePath(directory, path) };
    found.push({ key: 'wasi_keyvalue_path', backend });
  }
  if (dataNats) found.push({ key: 'data_nats_url', backend: { kind: 'nats', url: dataNats } });
  return found;
}

/** Reads an entry that names a backend. @param path where it is */
export function readEntry(
  entry: WrittenStore,
  path: KeyPath,
  directory: string,
  places: FileStores['places'],
  locate: Locate,
  report: Report,
): BackendSettings {
  const inherited = Object.entries(places).find(([name]) => name === entry.backend)?.[1];
  const placeKey = Object.entries(PLACE_KEYS).find(([name]) => name === entry.backend)?.[1];
  const place = (placeKey && entry[placeKey]) ?? inherited;
  const result = backendNamed(entry.backend, place, directory);
  if ('expected' in result) {
    // With a place of its own the name was right, so it is the place that isn't.
    const wrong = placeKey ?? 'backend';
    const at = [...path, wrong];
    const given = quoted(String(entry[wrong] ?? place));
    report.problem(`${locate(at)}: ${formatPath(at)} is ${given}. Expected ${result.expected}.`);
    return IN_MEMORY;
  }
  const settings = { ...result.value, ...bucketOptions(entry), ...seedOf(entry, path, directory, locate) };
  if (settings.kind === 'module') return { ...settings, options: moduleOptions(entry) };
  for (const key of Object.keys(entry)) {
    if (!Object.hasOwn(bucketEntries, key)) {
      reportUnknownKey([...path, key], Object.keys(bucketEntries), locate, report);
    }
  }
  for (const key of ['url', 'path'] as const) {
    if (key === placeKey || entry[key] == null) continue;
    const at = [...path, key];
    report.warn(`${locate(at, 'key')}: ${formatPath(at)} has no effect on the backend ${entry.backend}.`);
  }
  return settings;
}

/** What a module's own schema is to check: every key but those that are the host's on every backend. */
export function moduleOptions(entry: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const own = Object.entries(entry).filter(([key, value]) => !HOST_KEYS.has(key) && value !== null);
  return Object.fromEntries(own);
}

function bucketOptions({ prefix, ttl, counters }: WrittenStore): BucketOptions {
  const duration = ttl == null ? undefined : parseDuration(ttl);
  return {
    ...(prefix == null ? {} : { prefix }),
    ...(duration && 'value' in duration ? { ttl: duration.value } : {}),
    ...(counters == null ? {} : { counters }),
  };
}

function seedOf({ seed }: WrittenStore, path: KeyPath, directory: string, locate: Locate): BucketOptions {
  if (seed == null) return {};
  const at = [...path, 'seed'];
  return { seed: { path: absolutePath(directory, seed), place: `${locate(at)}: ${formatPath(at)}` } };
}
