import { type LabelledImport, labelledImports } from '../../engine/decode/labelled-imports.ts';
import type { WorkerContext } from '../../runtime/interface.ts';
import type { HostInterface } from '../host-interface.ts';
import { BlobstorePool } from './blobstore-pool.ts';
import type { BlobStores } from './configuration/blob-settings.ts';
import type { SharedBlobs } from './messages.ts';
import { blobOperations } from './operations.ts';
import { blobPackages } from './packages.ts';
import type { settings as blobstoreSettings } from './settings.ts';

/** What a component's blobs depend on. */
export interface BlobstoreConfig {
  readonly blobs: BlobStores;
}

/** `wasi:blobstore` and `wasmcloud:blobstore`, in the store that the configuration names. */
export const blobstoreInterface: HostInterface<BlobstoreConfig, BlobstorePool, typeof blobstoreSettings> = {
  name: 'blobstore',
  packages: blobPackages,
  hasLabels: true,
  operations: blobOperations,
  suspends: () => true,
  servedBy: () => 'the configured store of blobs',
  configure: ({ blobstore }) => ({ blobs: blobstore }),
  configureComponent: (_, imports): readonly LabelledImport[] =>
    labelledImports(imports, blobPackages).map(({ label, interface: name }) => ({ label, interface: name })),
  start: async (config, worker: WorkerContext<SharedBlobs | undefined>) =>
    (await import('./blobstore-worker.ts')).startBlobstore(config, worker),
  startPool: (host) => new BlobstorePool(host),
  inspector: async () => (await import('./inspector/index.ts')).inspectorPart,
  commands: async () => (await import('./commands/index.ts')).commandPart,
};

export const interfaces = [blobstoreInterface];
