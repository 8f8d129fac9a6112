import { DatabaseSync } from 'node:sqlite';

/** Makes a file of the sqlite backend as hosts made it before keys had a time to live of their own: key `k` of bucket `b` is `v`. */
export function makeOlderFile(path: string): void {
  using file = new DatabaseSync(path);
  file.exec(`PRAGMA application_id = ${0x6b767369};
    CREATE TABLE buckets (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, deleted INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE entries (bucket INTEGER NOT NULL, key BLOB NOT NULL, written INTEGER NOT NULL, mortal INTEGER NOT NULL,
      version INTEGER NOT NULL, value BLOB NOT NULL, UNIQUE (bucket, key));
    CREATE INDEX entry_age ON entries (bucket, written) WHERE mortal = 1;
    CREATE TRIGGER entry_deleted AFTER DELETE ON entries BEGIN
      UPDATE buckets SET deleted = random() WHERE id = OLD.bucket; END;
    INSERT INTO buckets (id, name) VALUES (1, 'b');
    INSERT INTO entries VALUES (1, x'6b', 1, 0, 7, x'76');`);
}
