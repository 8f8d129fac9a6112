import type { ObjectId } from './backends/backend.ts';
import type { Blobs } from './backends/uniform-backend.ts';

/** Copies an object from one store to another, a part at a time. Answers its size in bytes. */
export async function copyObject(
  from: Blobs,
  source: ObjectId,
  to: Blobs,
  target: ObjectId,
): Promise<number> {
  const download = await from.read(source);
  try {
    return await writeObject(to, target, partsOf(download));
  } finally {
    download.close();
  }
}

/** Writes an object, a part at a time, all or nothing. Answers its size in bytes. */
export async function writeObject(
  store: Blobs,
  target: ObjectId,
  parts: AsyncIterable<Uint8Array>,
): Promise<number> {
  const upload = await store.write(target);
  try {
    for await (const part of parts) await upload.write(part);
    await upload.finish();
    return upload.size;
  } finally {
    await upload.abort();
  }
}

/** What is read, a part at a time. */
export async function* partsOf(download: {
  read(): Promise<Uint8Array | undefined> | Uint8Array | undefined;
}): AsyncGenerator<Uint8Array> {
  for (let part = await download.read(); part !== undefined; part = await download.read()) yield part;
}
