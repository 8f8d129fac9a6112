import { join } from 'node:path';
import { type BlobSettings, formatBlobs } from '../../interfaces/blobstore/configuration/blob-settings.ts';
import { freshTestName } from '../../interfaces/keyvalue/backends/test-names.ts';
import { isTemporary } from './temporary-folder.ts';

/** Where the blobs of a host are. */
export interface BlobData {
  readonly blobs: BlobSettings;
  /** The store, for people, where somebody may want to keep what is in it. */
  readonly foreign: string | undefined;
}

/**
 * Gives a host a store of its own where the options name none: a file or folder that is removed with it, and on a server containers of its
 * own.
 *
 * @param hasPath whether the options name a path
 * @param folder makes the folder that is removed with the host
 */
export function ownBlobs(blobs: BlobSettings, hasPath: boolean, folder: () => string): BlobData {
  if (blobs.kind === 'in_memory') return { blobs, foreign: undefined };
  if (blobs.kind === 'nats')
    return { blobs: { ...blobs, namespace: freshTestName('-') }, foreign: undefined };
  if (hasPath) return { blobs, foreign: isTemporary(blobs.path) ? undefined : formatBlobs(blobs) };
  const path = join(folder(), blobs.kind === 'sqlite' ? 'blobs.db' : 'blobs');
  return { blobs: { ...blobs, path }, foreign: undefined };
}
