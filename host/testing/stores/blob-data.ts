import { join } from 'node:path';
import {
  type BlobSettings,
  type BlobStores,
  formatBlobs,
} from '../../interfaces/blobstore/configuration/blob-settings.ts';
import { freshTestName } from '../../interfaces/keyvalue/backends/test-names.ts';
import { addressOf } from '../../shared/labelled-name.ts';
import { isTemporary } from './temporary-folder.ts';

/** Where the blobs of a host are. */
export interface BlobData {
  readonly blobs: BlobStores;
  /** The stores, for people, where somebody may want to keep what is in them. */
  readonly foreign: readonly string[];
}

/**
 * Gives a host a store of its own where the options name none: a file or folder that is removed with it, and on a server containers of its
 * own.
 *
 * @param hasPath whether the options name a path
 * @param folder makes the folder that is removed with the host
 */
export function ownBlobs({ labels, ...blobs }: BlobStores, hasPath: boolean, folder: () => string): BlobData {
  const namespace = freshTestName('-');
  const foreign: string[] = [];
  const owned = (store: BlobSettings, isNamed: boolean, apart: string): BlobSettings => {
    if (store.kind === 'in_memory') return store;
    if (store.kind === 'nats') return { ...store, namespace: namespace + apart };
    if (!isNamed) return { ...store, path: join(folder(), store.kind === 'sqlite' ? 'blobs.db' : 'blobs') };
    if (!isTemporary(store.path)) foreign.push(formatBlobs(store));
    return store;
  };
  const store = owned(blobs, hasPath, '');
  if (labels === undefined) return { blobs: store, foreign };
  // Entries of labels always say where their store is.
  const ofLabels = [...labels].map(
    ([label, one]) => [label, owned(one, true, addressOf(label, ''))] as const,
  );
  return { blobs: { ...store, labels: new Map(ofLabels) }, foreign };
}

/** The blobs of a test whose options name a configuration file: those of the file's labels are in the store of the test, apart by their names. */
export function blobsOfTest(own: BlobStores, { labels }: BlobStores): BlobStores {
  if (labels === undefined) return own;
  const { seed: _, labels: __, ...store }: BlobStores = own;
  const ofLabels = [...labels.keys()].map(
    (label) => [label, { ...store, namespace: (store.namespace ?? '') + addressOf(label, '') }] as const,
  );
  return { ...own, labels: new Map(ofLabels) };
}
