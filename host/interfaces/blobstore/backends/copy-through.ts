import { type BlobBackend, noSuchObject, type ObjectId } from './backend.ts';

/** Copies an object by reading and writing it. */
export async function copyThrough(backend: BlobBackend, source: ObjectId, target: ObjectId): Promise<void> {
  const upload = await backend.write(target.container, target.object);
  try {
    const download = await backend.read(source.container, source.object, 0, Number.MAX_SAFE_INTEGER);
    if (download === undefined) throw noSuchObject(source);
    try {
      for (let chunk = await download.read(); chunk !== undefined; chunk = await download.read()) {
        for (let at = 0; at < chunk.length; at += backend.chunkSize) {
          await upload.write(chunk.subarray(at, at + backend.chunkSize));
        }
      }
    } finally {
      download.close();
    }
    await upload.finish();
  } catch (error) {
    await upload.abort();
    throw error;
  }
}
