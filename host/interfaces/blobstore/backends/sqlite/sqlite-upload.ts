import { BlobError, type Upload } from '../backend.ts';
import type { BlobDatabase } from './blob-database.ts';
import type { BlobSweeper } from './blob-sweeper.ts';

/** An upload without a write for so long is that of a process that was killed, in milliseconds. */
const abandonedAge = 3_600_000;

/** Writes a blob that no object names, until it is finished. One of a single chunk is written when it is. */
export class SqliteUpload implements Upload {
  readonly #database: BlobDatabase;
  readonly #sweeper: BlobSweeper;
  readonly #place: (blob: number, size: number) => void;
  /** Not written yet. */
  #chunk: Uint8Array | undefined;
  #blob: number | undefined;
  #count = 0;
  #size = 0;
  #isOver = false;

  /** @param place gives a blob to the object, within a transaction */
  constructor(database: BlobDatabase, sweeper: BlobSweeper, place: (blob: number, size: number) => void) {
    this.#database = database;
    this.#sweeper = sweeper;
    this.#place = place;
  }

  write(chunk: Uint8Array): void {
    if (this.#isOver) return;
    if (this.#chunk !== undefined) this.#database.change(() => this.#writeChunk());
    this.#chunk = chunk;
    this.#size += chunk.length;
  }

  finish(): void {
    if (this.#isOver) return;
    this.#database.change(() => {
      this.#writeChunk();
      if (this.#blob !== undefined) this.#place(this.#blob, this.#size);
    });
    this.#isOver = true;
    this.#sweeper.sweep();
  }

  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#chunk = undefined;
    const blob = this.#blob;
    if (blob === undefined) return;
    this.#database.change(() => this.#database.statement('UPDATE blobs SET free = 0 WHERE id = ?').run(blob));
    this.#sweeper.sweep();
  }

  #writeChunk(): void {
    const free = Date.now() + abandonedAge;
    const blob = this.#blob;
    if (blob === undefined) {
      const sql = 'INSERT INTO blobs (size, free) VALUES (0, ?)';
      this.#blob = Number(this.#database.statement(sql).run(free).lastInsertRowid);
    } else {
      const { changes } = this.#database.statement('UPDATE blobs SET free = ? WHERE id = ?').run(free, blob);
      if (Number(changes) === 0)
        throw new BlobError('timeout', 'nothing was written for an hour, so that the upload was given up');
    }
    if (this.#chunk === undefined) return;
    const sql = 'INSERT INTO chunks (blob, number, data) VALUES (?, ?, ?)';
    this.#database.statement(sql).run(this.#blob ?? 0, this.#count, this.#chunk);
    this.#count += 1;
    this.#chunk = undefined;
  }
}
