import { BlobError } from '../backend.ts';
import type { BlobDatabase } from './blob-database.ts';

/** How many chunks are removed at once; nobody else can write meanwhile, and the thread does nothing else. */
const atOnce = 32;

/** Removes the blobs that no object names any more, a part at a time. What it leaves, the next one finds. */
export class BlobSweeper {
  readonly #database: BlobDatabase;
  #next: NodeJS.Immediate | undefined;
  #isStopped = false;

  constructor(database: BlobDatabase) {
    this.#database = database;
  }

  sweep(): void {
    if (this.#next !== undefined || this.#isStopped) return;
    this.#next = setImmediate(() => {
      this.#next = undefined;
      if (!this.#isStopped && this.#removeSome()) this.sweep();
    });
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Whether there may be more. */
  #removeSome(): boolean {
    try {
      return this.#database.change(() => {
        const find = 'SELECT id FROM blobs WHERE free IS NOT NULL AND free <= ? LIMIT 1';
        const row = this.#database.statement(find).get(Date.now());
        if (row === undefined) return false;
        const remove = `DELETE FROM chunks WHERE rowid IN (SELECT rowid FROM chunks WHERE blob = ? LIMIT ${atOnce})`;
        const { changes } = this.#database.statement(remove).run(row.id ?? 0);
        if (Number(changes) < atOnce)
          this.#database.statement('DELETE FROM blobs WHERE id = ?').run(row.id ?? 0);
        return true;
      });
    } catch (error) {
      // Whoever uses the store is told; here nothing is lost.
      if (error instanceof BlobError) return false;
      throw error;
    }
  }
}
