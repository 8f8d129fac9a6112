import { settle, strongest } from '../../settings/choose.ts';
import { fileKey } from '../../settings/file-key.ts';
import type { Setting } from '../../settings/setting.ts';
import { type BlobSettings, formatBlobs, inMemoryBlobs, parseBlobs } from './configuration/blob-settings.ts';

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
export const blobstoreSettings = [
  {
    name: 'blobstore',
    explanation: 'Keep blobs in this backend: `in_memory`, `filesystem`, `sqlite`, `nats://…`.',
    fallback: '`in_memory`',
    keys: [blobstore, path],
    ...places,
    async resolve(sources): Promise<BlobSettings> {
      const { readBlobs } = await import('./configuration/read-blobs.ts');
      const file = readBlobs(sources.file?.written(blobstore), sources);
      const given = strongest(sources, { ...places, keys: [] });
      if (given === undefined) {
        sources.origins.set('blobstore', file.origin);
        return file.blobs;
      }
      return (
        settle(sources, 'blobstore', given, (text, base) => parseBlobs(text, base, file.places)) ??
        inMemoryBlobs
      );
    },
    *show(value: BlobSettings) {
      yield ['blobstore', formatBlobs(value)];
    },
  },
] as const satisfies readonly [Setting<'blobstore', BlobSettings>];
