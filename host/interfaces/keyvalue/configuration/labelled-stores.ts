import { formatPath, type Locate } from '../../../settings/file/parsed-file.ts';
import { type HostInterfaceEntry, sharedEntries } from '../../../settings/host-interfaces-setting.ts';
import { quoted } from '../../../settings/redact.ts';
import type { Report } from '../../../settings/report.ts';
import { parseDuration } from '../../../shared/duration.ts';
import { addressOf } from '../../../shared/labelled-name.ts';
import { keyvaluePackages } from '../packages.ts';
import { type BackendSettings, PLACE_KEYS } from './backend-settings.ts';
import type { ModuleEntry } from './module-options.ts';
import { readEntry } from './read-stores.ts';

/** What entries of `dev.host_interfaces` say of buckets. */
export interface LabelledStores {
  readonly labels: ReadonlyMap<string, BackendSettings>;
  /** The store of imports without a label, and where that was said; undefined where no entry says it. */
  readonly unlabelled: { readonly store: BackendSettings; readonly entry: HostInterfaceEntry } | undefined;
  readonly modules: readonly ModuleEntry[];
}

/**
 * Reads the entries of wash for keyvalue. `config.backend` names the backend, `in-memory` by default; `root` is the folder of
 * `filesystem`; in Redis keys lie as they are, after `prefix` if there is one, whatever the bucket is called.
 * Source: wash-runtime, `plugin/wasi_keyvalue/multiplexed`.
 */
export function labelledStores(
  entries: readonly HostInterfaceEntry[],
  directory: string,
  locate: Locate,
  report: Report,
): LabelledStores {
  const labels = new Map<string, BackendSettings>();
  const modules: ModuleEntry[] = [];
  let unlabelled: LabelledStores['unlabelled'];
  for (const entry of sharedEntries(entries, keyvaluePackages, report)) {
    const { label, config, index } = entry;
    if (label === undefined && config.backend === undefined) continue;
    const path = ['dev', 'host_interfaces', index, 'config'];
    const store = readLabelled(entry, path, directory, locate, report);
    if (store.kind === 'module') modules.push({ path, module: store.path, options: store.options });
    if (label === undefined) unlabelled = { store, entry };
    else labels.set(label, inMemoryApart(store, label));
  }
  return { labels, unlabelled, modules };
}

/** What is in memory is in one place, where names keep labels apart. */
export function inMemoryApart(store: BackendSettings, label: string): BackendSettings {
  return store.kind === 'in_memory' ? { ...store, namespace: addressOf(label, '') } : store;
}

function readLabelled(
  { config, package: owner }: HostInterfaceEntry,
  path: readonly (string | number)[],
  directory: string,
  locate: Locate,
  report: Report,
): BackendSettings {
  const { backend: named = 'in-memory', root, ...rest } = config;
  const backend = named === 'in-memory' ? 'in_memory' : named;
  const place = Object.entries(PLACE_KEYS).find(([name]) => name === backend)?.[1];
  const where = place === 'path' ? (root ?? rest.path) : place === undefined ? backend : rest[place];
  if (where === undefined) {
    const key = backend === 'filesystem' ? 'root' : place;
    report.problem(
      () =>
        `${locate(path)}: ${formatPath(path)} of ${owner} has no ${key}, which the backend ${named} needs.`,
    );
    return { kind: 'in_memory' };
  }
  const { ttl, counters, seed, ...others } = rest;
  if (seed !== undefined) {
    const at = [...path, 'seed'];
    report.warn(
      () => `${locate(at, 'key')}: ${formatPath(at)} has no effect: buckets of labels have no seeds.`,
    );
  }
  const entry = { ...others, backend, ...(root === undefined ? {} : { path: root }) };
  const store = readEntry(entry, path, directory, {}, locate, report);
  return {
    ...store,
    ...(store.kind === 'redis' ? { isFlat: true } : {}),
    ...ttlOf(ttl, [...path, 'ttl'], locate, report),
    ...countersOf(counters, [...path, 'counters'], locate, report),
  };
}

function ttlOf(text: string | undefined, at: readonly (string | number)[], locate: Locate, report: Report) {
  if (text === undefined) return {};
  const parsed = parseDuration(text);
  if ('value' in parsed) return { ttl: parsed.value };
  report.problem(() => `${locate(at)}: ${formatPath(at)} is ${quoted(text)}. Expected ${parsed.expected}.`);
  return {};
}

function countersOf(
  text: string | undefined,
  at: readonly (string | number)[],
  locate: Locate,
  report: Report,
) {
  if (text === 'ascii' || text === 'wash') return { counters: text } as const;
  if (text !== undefined)
    report.problem(
      () => `${locate(at)}: ${formatPath(at)} is ${quoted(text)}. Expected one of "ascii", "wash".`,
    );
  return {};
}
