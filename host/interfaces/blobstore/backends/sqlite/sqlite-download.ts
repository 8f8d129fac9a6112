import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { BlobError, type Download } from '../backend.ts';
import type { BlobDatabase } from './blob-database.ts';

const findBlob = `SELECT blob, size, (SELECT length(data) FROM chunks WHERE chunks.blob = objects.blob AND number = 0) AS chunk
  FROM objects JOIN blobs ON blobs.id = blob WHERE container = ? AND objects.name = ?`;
const readChunk = 'SELECT data FROM chunks WHERE blob = ? AND number = ?';

/**
 * Opens a part of an object; `undefined` where there is none. One of several chunks is read in a snapshot, so that it is whole whatever
 * becomes of the object.
 */
export function downloadOf(
  database: BlobDatabase,
  container: number,
  object: string,
  start: number,
  end: number,
): Download | undefined {
  const name = Buffer.from(object);
  const row = database.statement(findBlob).get(container, name);
  if (row === undefined) return undefined;
  const blob = Number(row.blob);
  const size = Number(row.size);
  const chunk = Number(row.chunk ?? 0);
  if (size === chunk || start >= size || end <= start) {
    const data = size === 0 ? undefined : database.statement(readChunk).get(blob, 0)?.data;
    return new ChunkDownload(data as Uint8Array | undefined, size, start, end);
  }
  const snapshot = database.snapshot();
  try {
    // It may have changed since.
    const now = snapshot.prepare(findBlob).get(container, name);
    if (now !== undefined) return new SnapshotDownload(snapshot, now, start, end);
  } catch (error) {
    snapshot.close();
    throw error;
  }
  snapshot.close();
  return undefined;
}

/** An object in one piece. */
class ChunkDownload implements Download {
  readonly size: number;
  readonly length: number;
  #part: Uint8Array | undefined;

  constructor(data: Uint8Array | undefined, size: number, start: number, end: number) {
    this.size = size;
    this.#part = data?.subarray(start, end);
    this.length = this.#part?.length ?? 0;
  }

  read(): Uint8Array | undefined {
    const part = this.#part;
    this.#part = undefined;
    return part === undefined || part.length === 0 ? undefined : part;
  }

  close(): void {
    this.#part = undefined;
  }
}

class SnapshotDownload implements Download {
  readonly size: number;
  readonly length: number;
  readonly #snapshot: DatabaseSync;
  readonly #chunks: StatementSync;
  readonly #blob: number;
  readonly #chunk: number;
  #position: number;
  readonly #end: number;
  #isClosed = false;

  constructor(snapshot: DatabaseSync, row: Readonly<Record<string, unknown>>, start: number, end: number) {
    this.#snapshot = snapshot;
    this.#chunks = snapshot.prepare(readChunk);
    this.#blob = Number(row.blob);
    this.#chunk = Number(row.chunk ?? 1);
    this.size = Number(row.size);
    this.#position = Math.min(start, this.size);
    this.#end = Math.min(end, this.size);
    this.length = this.#end - this.#position;
  }

  read(): Uint8Array | undefined {
    if (this.#isClosed || this.#position >= this.#end) return undefined;
    const number = Math.floor(this.#position / this.#chunk);
    let data: unknown;
    try {
      data = this.#chunks.get(this.#blob, number)?.data;
    } catch (cause) {
      throw new BlobError('other', 'sqlite failed to read a chunk', { cause });
    }
    if (!(data instanceof Uint8Array)) throw new BlobError('other', 'a chunk of the object is missing');
    const begin = number * this.#chunk;
    const part = data.subarray(this.#position - begin, this.#end - begin);
    if (part.length === 0) throw new BlobError('other', 'a chunk of the object is too short');
    this.#position += part.length;
    return part;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#snapshot.close();
  }
}
