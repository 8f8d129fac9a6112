import { DatabaseSync } from 'node:sqlite';
import type { BareStore } from './bare-store.ts';

/** A table of keys and values, written as kvasi writes its own: with a log, which a power cut may cut short. */
export function sqliteStore(path: string): BareStore {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  database.exec('CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID');
  const get = database.prepare('SELECT value FROM entries WHERE key = ?');
  const set = database.prepare(
    'INSERT INTO entries (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const add = database.prepare(
    `INSERT INTO entries (key, value) VALUES (?, '1')
     ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) RETURNING value`,
  );
  return {
    get: (key) => get.get(key)?.value as Uint8Array | undefined,
    set(key, value) {
      set.run(key, value);
    },
    increment: (key) => Number(add.get(key)?.value),
  };
}
