import {
  type BlobBackend,
  type ContainerInfo,
  containerExists,
  type Download,
  noSuchContainer,
  noSuchObject,
  type ObjectId,
  type ObjectInfo,
  type Upload,
} from '../backend.ts';
import { type BlobContext, type BlobDefinition, largestName, usualChunk } from '../definition.ts';
import { BlobDatabase } from './blob-database.ts';
import { BlobSweeper } from './blob-sweeper.ts';
import { downloadOf } from './sqlite-download.ts';
import { SqliteUpload } from './sqlite-upload.ts';

/** How many names one page of a listing has. */
const pageSize = 1000;

/**
 * One SQLite file for all containers, in WAL mode; objects lie in rows of 256 KiB. A write that was acknowledged survives the end of the
 * process at any moment; a power cut may lose the last ones but never leaves half of one.
 */
export const sqlite: BlobDefinition<{ readonly path: string }> = {
  name: 'sqlite',
  capabilities: { durable: true, shared: true, reading: 'whole', largestName, largestObject: undefined },
  connect: ({ path }, context) => new SqliteBlobs(path, context),
};

class SqliteBlobs implements BlobBackend {
  readonly chunkSize = usualChunk;
  readonly #database: BlobDatabase;
  readonly #sweeper: BlobSweeper;
  readonly #context: BlobContext;

  constructor(path: string, context: BlobContext) {
    this.#database = new BlobDatabase(path, context.operationTimeout);
    this.#sweeper = new BlobSweeper(this.#database);
    this.#context = context;
  }

  createContainer(name: string): void {
    const sql = 'INSERT INTO containers (name, created) VALUES (?, ?) ON CONFLICT DO NOTHING';
    const { changes } = this.#database.change(() =>
      this.#database.statement(sql).run(name, Math.floor(this.#context.now())),
    );
    if (Number(changes) === 0) throw containerExists(name);
  }

  deleteContainer(name: string): void {
    this.#database.change(() => {
      const id = this.#container(name);
      this.#removeAll(id);
      this.#database.statement('DELETE FROM containers WHERE id = ?').run(id);
    });
    this.#sweeper.sweep();
  }

  containerInfo(name: string): ContainerInfo | undefined {
    return this.#database.read(() => {
      const row = this.#database.statement('SELECT created FROM containers WHERE name = ?').get(name);
      return row && { created: Number(row.created) };
    });
  }

  async *containers(): AsyncGenerator<readonly string[]> {
    yield this.#database.read(() =>
      this.#database
        .statement('SELECT name FROM containers ORDER BY name')
        .all()
        .map(({ name }) => String(name)),
    );
  }

  objectInfo(container: string, object: string): ObjectInfo | undefined {
    const sql = `SELECT objects.created AS created, size FROM objects JOIN blobs ON blobs.id = blob
      WHERE container = ? AND name = ?`;
    return this.#database.read(() => {
      const row = this.#database.statement(sql).get(this.#container(container), Buffer.from(object));
      return row && { created: Number(row.created), size: Number(row.size) };
    });
  }

  /** In the order of their bytes. */
  async *objects(container: string, prefix: string): AsyncGenerator<readonly string[]> {
    let [from, comparison] = [Buffer.from(prefix), '>='];
    for (;;) {
      const sql = `SELECT name FROM objects WHERE container = ? AND name ${comparison} ? ORDER BY name LIMIT ${pageSize}`;
      const rows = this.#database.read(() =>
        this.#database.statement(sql).all(this.#container(container), from),
      );
      const stored = rows.map(({ name }) => Buffer.from(name as Uint8Array));
      const names = stored.map(String).filter((name) => name.startsWith(prefix));
      yield names;
      const last = stored.at(-1);
      if (last === undefined || names.length < pageSize) return;
      [from, comparison] = [last, '>'];
    }
  }

  read(container: string, object: string, start: number, end: number): Download | undefined {
    return this.#database.read(() =>
      downloadOf(this.#database, this.#container(container), object, start, end),
    );
  }

  write(container: string, object: string): Upload {
    this.#database.read(() => this.#container(container));
    return new SqliteUpload(this.#database, this.#sweeper, (blob, size) => {
      const id = this.#container(container);
      this.#database.statement('UPDATE blobs SET size = ?, free = NULL WHERE id = ?').run(size, blob);
      this.#name(id, object, blob, Math.floor(this.#context.now()));
    });
  }

  delete(container: string, objects: readonly string[]): void {
    this.#database.change(() => {
      const id = this.#container(container);
      for (const object of objects) this.#remove(id, object);
    });
    this.#sweeper.sweep();
  }

  clear(container: string): void {
    this.#database.change(() => this.#removeAll(this.#container(container)));
    this.#sweeper.sweep();
  }

  copy(source: ObjectId, target: ObjectId): void {
    this.#database.change(() => {
      const { blob } = this.#find(source);
      this.#name(this.#container(target.container), target.object, blob, Math.floor(this.#context.now()));
    });
    this.#sweeper.sweep();
  }

  move(source: ObjectId, target: ObjectId): void {
    this.#database.change(() => {
      const { blob, created } = this.#find(source);
      this.#name(this.#container(target.container), target.object, blob, created);
      this.#remove(this.#container(source.container), source.object);
    });
    this.#sweeper.sweep();
  }

  close(): void {
    this.#sweeper.stop();
    this.#database.close();
  }

  /** Throws `no-such-container`. */
  #container(name: string): number {
    const row = this.#database.statement('SELECT id FROM containers WHERE name = ?').get(name);
    if (row === undefined) throw noSuchContainer(name);
    return Number(row.id);
  }

  /** Throws `no-such-object`. */
  #find(id: ObjectId): { readonly blob: number; readonly created: number } {
    const row = this.#database
      .statement('SELECT blob, created FROM objects WHERE container = ? AND name = ?')
      .get(this.#container(id.container), Buffer.from(id.object));
    if (row === undefined) throw noSuchObject(id);
    return { blob: Number(row.blob), created: Number(row.created) };
  }

  /** A blob is an object's from now on, in place of the one that it had. */
  #name(container: number, object: string, blob: number, created: number): void {
    const sql = 'SELECT blob FROM objects WHERE container = ? AND name = ?';
    const before = this.#database.statement(sql).get(container, Buffer.from(object));
    const write = `INSERT INTO objects (container, name, blob, created) VALUES (?, ?, ?, ?)
      ON CONFLICT (container, name) DO UPDATE SET blob = excluded.blob, created = excluded.created`;
    this.#database.statement(write).run(container, Buffer.from(object), blob, created);
    if (before !== undefined) this.#free(Number(before.blob));
  }

  #remove(container: number, object: string): void {
    const sql = 'DELETE FROM objects WHERE container = ? AND name = ? RETURNING blob';
    const row = this.#database.statement(sql).get(container, Buffer.from(object));
    if (row !== undefined) this.#free(Number(row.blob));
  }

  #removeAll(container: number): void {
    const sql = 'SELECT DISTINCT blob FROM objects WHERE container = ?';
    const blobs = this.#database.statement(sql).all(container);
    this.#database.statement('DELETE FROM objects WHERE container = ?').run(container);
    for (const { blob } of blobs) this.#free(Number(blob));
  }

  /** Unless another object is a copy of it. */
  #free(blob: number): void {
    const sql =
      'UPDATE blobs SET free = 0 WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM objects WHERE blob = ?1)';
    this.#database.statement(sql).run(blob);
  }
}
