import { formatPath } from '../../../settings/file/parsed-file.ts';
import { type HostInterfaceEntry, sharedEntries } from '../../../settings/host-interfaces-setting.ts';
import { reportUnknownKey } from '../../../settings/schema/validate.ts';
import type { Sources } from '../../../settings/setting.ts';
import { addressOf } from '../../../shared/labelled-name.ts';
import { blobPackages } from '../packages.ts';
import { type BlobSettings, inMemoryBlobs } from './blob-settings.ts';
import { placeKeys, readSection } from './read-blobs.ts';

const known = ['backend', 'root', 'path', 'url'];

/** What entries of `dev.host_interfaces` say of blobs. */
export interface LabelledBlobStores {
  readonly labels: ReadonlyMap<string, BlobSettings>;
  /** The store of imports without a label, and where that was said; undefined where no entry says it. */
  readonly unlabelled: { readonly store: BlobSettings; readonly entry: HostInterfaceEntry } | undefined;
}

/**
 * Reads the entries of wash for blobs. `config.backend` names the backend, `in-memory` by default; `root` is the folder of `filesystem`.
 * Source: wash-runtime, `plugin/wasi_blobstore/multiplexed`.
 */
export function labelledBlobStores(
  entries: readonly HostInterfaceEntry[],
  sources: Sources,
): LabelledBlobStores {
  const labels = new Map<string, BlobSettings>();
  let unlabelled: LabelledBlobStores['unlabelled'];
  for (const entry of sharedEntries(entries, blobPackages, sources.report)) {
    const { label, config } = entry;
    if (label === undefined && config.backend === undefined) continue;
    const store = readLabelled(entry, sources);
    if (label === undefined) unlabelled = { store, entry };
    else labels.set(label, inMemoryApart(store, label));
  }
  return { labels, unlabelled };
}

/** What is in memory is in one place, where names keep labels apart. */
export function inMemoryApart(store: BlobSettings, label: string): BlobSettings {
  return store.kind === 'in_memory' ? { ...store, namespace: addressOf(label, '') } : store;
}

function readLabelled({ config, index, package: owner }: HostInterfaceEntry, sources: Sources): BlobSettings {
  const path = ['dev', 'host_interfaces', index, 'config'];
  for (const name of Object.keys(config)) {
    if (known.includes(name) || sources.file === undefined) continue;
    reportUnknownKey([...path, name], known, sources.file.locate, sources.report);
  }
  const { backend: named = 'in-memory', root, path: own, url } = config;
  const backend = named === 'in-memory' ? 'in_memory' : named;
  const key = Object.entries(placeKeys).find(([name]) => name === backend)?.[1];
  const given = { path: root ?? own, url };
  if (key !== undefined && given[key] === undefined) {
    const { file, report } = sources;
    const missing = backend === 'filesystem' ? 'root' : key;
    report.problem(
      () =>
        `${file?.locate(path)}: ${formatPath(path)} of ${owner} has no ${missing}, which the backend ${named} needs.`,
    );
    return inMemoryBlobs;
  }
  return readSection({ backend, ...given }, {}, sources, path);
}
