import type { BlobBackendName } from '../../interfaces/blobstore/configuration/blob-settings.ts';

/** Where blobs are, as `dev.blobstore` of the configuration has it. */
export interface BlobEntry {
  readonly backend: BlobBackendName;
  /** The folder of `filesystem`, the file of `sqlite`. */
  readonly path?: string | undefined;
  /** The server of `nats`, such as `nats://127.0.0.1:4222`. */
  readonly url?: string | undefined;
  /** The path of a folder of containers that fills the store when the host starts and the store is empty. Default: none. */
  readonly seed?: string | undefined;
}

/** Where blobs are: the name of a backend, or an entry. */
export type BlobRule = BlobBackendName | BlobEntry;
