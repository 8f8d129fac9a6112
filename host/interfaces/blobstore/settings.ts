import { settle, strongest } from '../../settings/choose.ts';
import { fileKey } from '../../settings/file-key.ts';
import { type HostInterfaceEntry, hostInterfacesOf } from '../../settings/host-interfaces-setting.ts';
import type { Setting, Sources } from '../../settings/setting.ts';
import {
  type BlobSettings,
  type BlobStores,
  formatBlobs,
  inMemoryBlobs,
  parseBlobs,
} from './configuration/blob-settings.ts';
import type { FileBlobs } from './configuration/read-blobs.ts';
import { blobPackages } from './packages.ts';

const blobstore = fileKey('dev.blobstore', async ({ section }) =>
  section(
    (await import('./configuration/blob-keys.ts')).blobEntries,
    'Where blobs are, for every container. Wins over `wasi_blobstore_path` and `data_nats_url`.',
  ),
);
const path = fileKey('dev.wasi_blobstore_path', (parts) =>
  parts.path('Folder that keeps blobs as files. Wins over `data_nats_url`.'),
);

const places = {
  variable: 'KVASI_BLOBS',
  flag: { name: '--blobs', takes: 'name|url' },
} as const;

/** Where blobs are: what the file says, unless the flag or the variable says something else. */
export const settings = [
  {
    name: 'blobstore',
    explanation: 'Keep blobs in this backend: `in_memory`, `filesystem`, `sqlite`, `nats://…`.',
    fallback: '`in_memory`',
    keys: [blobstore, path],
    ...places,
    async resolve(sources): Promise<BlobStores> {
      const { readBlobs } = await import('./configuration/read-blobs.ts');
      const unlabelled = readBlobs(sources.file?.written(blobstore), sources);
      const entries = hostInterfacesOf(sources);
      const { labels, ...file } =
        entries.length === 0
          ? { ...unlabelled, labels: new Map() }
          : await withLabels(unlabelled, entries, sources);
      const labelled = (blobs: BlobSettings): BlobStores =>
        labels.size === 0 ? blobs : { ...blobs, labels };
      const given = strongest(sources, { ...places, keys: [] });
      if (given === undefined) {
        sources.origins.set('blobstore', file.origin);
        return labelled(file.blobs);
      }
      // It says nothing of labels: these are there to have stores of their own.
      return labelled(
        settle(sources, 'blobstore', given, (text, base) => parseBlobs(text, base, file.places)) ??
          inMemoryBlobs,
      );
    },
    *show(value: BlobStores) {
      yield ['blobstore', formatBlobs(value)];
      for (const [label, store] of value.labels ?? [])
        yield [`blobstore.labels.${label}`, formatBlobs(store)];
    },
  },
] as const satisfies readonly [Setting<'blobstore', BlobStores>];

/** What a file says of blobs, with what its entries of `dev.host_interfaces` say. */
async function withLabels(
  stores: FileBlobs,
  entries: readonly HostInterfaceEntry[],
  sources: Sources,
): Promise<FileBlobs & { readonly labels: ReadonlyMap<string, BlobSettings> }> {
  const { labelledBlobStores } = await import('./configuration/labelled-blob-stores.ts');
  const { labels, unlabelled } = labelledBlobStores(entries, sources);
  const placeOf = ({ index }: HostInterfaceEntry): string =>
    sources.file?.locate(['dev', 'host_interfaces', index], 'key') ?? '';
  for (const entry of entries.toReversed()) {
    if (entry.label !== undefined && Object.hasOwn(blobPackages, entry.package))
      sources.origins.set(`blobstore.labels.${entry.label}`, placeOf(entry));
  }
  if (unlabelled === undefined) return { ...stores, labels };
  const { store, entry } = unlabelled;
  return { ...stores, blobs: store, origin: placeOf(entry), labels };
}
