import { stat } from 'node:fs/promises';
import { atPlace, type NamedFile } from '../../settings/at-place.ts';
import { fileReason, isFileError } from '../../shared/file-reason.ts';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import { BlobError } from './backends/backend.ts';
import { largestName } from './backends/definition.ts';
import { loadBlobBackend } from './backends/registry.ts';
import { type Blobs, UniformBlobs } from './backends/uniform-backend.ts';
import { copyObject } from './copy-object.ts';

/**
 * Fills a store from a folder of containers, if the store has none: what a component has written since is not overwritten. Answers how
 * many objects there were. Throws a `HostError` that names the folder.
 */
export async function seedBlobs({ path, place }: NamedFile, store: Blobs): Promise<number> {
  return await atPlace(place, () => fill(store, path));
}

async function fill(store: Blobs, path: string): Promise<number> {
  try {
    if ((await store.containers()).length > 0) return 0;
    if (!(await stat(path)).isDirectory()) throw new HostError('config', 'it is no folder.');
    const { connect } = await loadBlobBackend('filesystem');
    const backend = await connect({ path }, { now: Date.now, operationTimeout: 5000, tell: () => {} });
    const seed = new UniformBlobs(backend, { largestName });
    let count = 0;
    for (const container of await seed.containers()) {
      await store.createContainer(container);
      for await (const objects of seed.objects(container)) {
        for (const object of objects)
          await copyObject(seed, { container, object }, store, { container, object });
        count += objects.length;
      }
    }
    return count;
  } catch (cause) {
    if (!(cause instanceof BlobError) && !(cause instanceof HostError) && !isFileError(cause)) throw cause;
    const why = isFileError(cause) ? `it ${fileReason(cause)}.` : reasonOf(cause);
    throw new HostError('config', `the store of blobs can't be filled from ${path}: ${why}`, { cause });
  }
}
