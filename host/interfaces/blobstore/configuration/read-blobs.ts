import { placeOfKey } from '../../../settings/at-place.ts';
import { inFile } from '../../../settings/choose.ts';
import { formatPath, type KeyPath } from '../../../settings/file/parsed-file.ts';
import { quoted } from '../../../settings/redact.ts';
import type { Sources } from '../../../settings/setting.ts';
import { absolutePath } from '../../../shared/path.ts';
import { type BlobBackendName, type BlobSettings, blobsNamed, inMemoryBlobs } from './blob-settings.ts';

/** What is written under `dev.blobstore`. */
export interface WrittenBlobs {
  readonly backend: string;
  readonly url?: string | null | undefined;
  readonly path?: string | null | undefined;
  readonly seed?: string | null | undefined;
}

/** What a file says about blobs, and where it says it. */
export interface FileBlobs {
  readonly blobs: BlobSettings;
  readonly origin: string;
  /** Where the data of a backend is, so that naming it is enough. */
  readonly places: Partial<Record<BlobBackendName, string>>;
}

/** Which key of the section says where the data is. */
export const placeKeys = { in_memory: undefined, filesystem: 'path', sqlite: 'path', nats: 'url' } as const;

/** Reads the flat keys of wash, of which the first that is set counts as in wash, and `dev.blobstore`, which counts before them. */
export function readBlobs(written: WrittenBlobs | null | undefined, sources: Sources): FileBlobs {
  const folder = inFile(sources, ['dev.wasi_blobstore_path']);
  const server = inFile(sources, ['dev.data_nats_url']);
  const places = {
    ...(folder === undefined ? {} : { filesystem: absolutePath(sources.directory, folder.text) }),
    ...(server === undefined ? {} : { nats: server.text }),
  };
  if (written != null) {
    const origin = sources.file?.locate(['dev', 'blobstore'], 'key') ?? '';
    return { blobs: readSection(written, places, sources), origin, places };
  }
  if (places.filesystem !== undefined) {
    return {
      blobs: { kind: 'filesystem', path: places.filesystem },
      origin: folder?.origin ?? '',
      places,
    };
  }
  if (places.nats !== undefined) {
    return { blobs: { kind: 'nats', url: places.nats }, origin: server?.origin ?? '', places };
  }
  return { blobs: inMemoryBlobs, origin: 'default', places };
}

/** Reads a section that names a backend. @param path where it is */
export function readSection(
  written: WrittenBlobs,
  places: FileBlobs['places'],
  sources: Sources,
  path: KeyPath = ['dev', 'blobstore'],
): BlobSettings {
  const { directory, file, report } = sources;
  const { backend, seed } = written;
  const name = Object.keys(placeKeys).find((known) => known === backend) as BlobBackendName | undefined;
  const key = name && placeKeys[name];
  const place = (key && written[key]) ?? (name && places[name]);
  const result = blobsNamed(backend, place, directory);
  if ('expected' in result) {
    const at = [...path, key ?? 'backend'];
    const given = quoted(String(key === undefined ? backend : place));
    report.problem(`${file?.locate(at)}: ${formatPath(at)} is ${given}. Expected ${result.expected}.`);
    return inMemoryBlobs;
  }
  for (const other of ['url', 'path'] as const) {
    if (other === key || written[other] == null) continue;
    const at = [...path, other];
    report.warn(`${file?.locate(at, 'key')}: ${formatPath(at)} has no effect on the backend ${backend}.`);
  }
  if (seed == null) return result.value;
  const named = {
    path: absolutePath(directory, seed),
    place: placeOfKey(sources, [...path, 'seed']),
  };
  return { ...result.value, seed: named };
}
