import type { WorkerContext } from '../../runtime/interface.ts';
import type { HostInterface } from '../host-interface.ts';
import { BlobstorePool } from './blobstore-pool.ts';
import type { BlobSettings } from './configuration/blob-settings.ts';
import type { SharedBlobs } from './messages.ts';
import { blobOperations } from './operations.ts';
import type { blobstoreSettings } from './settings.ts';

/** What a component's blobs depend on. */
export interface BlobstoreConfig {
  readonly blobs: BlobSettings;
}

/** `wasi:blobstore` and `wasmcloud:blobstore`, in the store that the configuration names. */
export const blobstoreInterface: HostInterface<BlobstoreConfig, BlobstorePool, typeof blobstoreSettings> = {
  name: 'blobstore',
  packages: {
    'wasi:blobstore': { matches: /^0\.2\.0-draft$/, text: '0.2.0-draft' },
    'wasmcloud:blobstore': { matches: /^0\.1\.0$/, text: '0.1.0' },
  },
  operations: blobOperations,
  suspends: () => true,
  servedBy: () => 'the configured store of blobs',
  configure: ({ blobstore }) => ({ blobs: blobstore }),
  start: async (config, worker: WorkerContext<SharedBlobs | undefined>) =>
    (await import('./blobstore-worker.ts')).startBlobstore(config, worker),
  startPool: (host) => new BlobstorePool(host),
  inspector: async () => (await import('./inspector/index.ts')).inspectorPart,
  commands: async () => (await import('./commands/index.ts')).commandPart,
};
