/**
 * The statements of a bucket; each is one, and so one transaction. Bytes are answered as hexadecimal digits, whatever the
 * server's settings are.
 *
 * A row is there as long as `ends` is ahead and `written` is younger than the bucket's time to live: see `isThere`. A key that was
 * deleted leaves its row, without a value, for some minutes: by its version a swap sees that the key came and went.
 */
export interface Statements {
  readonly get: string;
  readonly exists: string;
  readonly getMany: string;
  readonly set: string;
  readonly setMany: string;
  readonly delete: string;
  readonly deleteMany: string;
  readonly list: string;
  readonly written: string;
  readonly ends: string;
  readonly increment: string;
  readonly getVersioned: string;
  readonly replace: string;
  readonly create: string;
  readonly sweep: string;
  readonly buckets: string;
  readonly removeBucket: string;
  /** Tells whether the schema and the table are there. */
  readonly look: string;
  readonly makeSchema: string;
  readonly makeTable: string;
}

/** How long what has ended is kept, in minutes. */
const keptMinutes = 10;
/** How long the version of a key that has no row can be swapped, in minutes: shorter, so that no row of that time is gone. */
const absenceMinutes = 5;
/** How many rows are removed at once. */
export const sweepSize = 1000;

/** So that hosts that make the table at once do it one after the other. */
const lock = "SELECT pg_advisory_xact_lock(hashtext('kvasi'), hashtext('entries'));";
const conflict = 'ON CONFLICT (bucket, key, rest_digest)';
const assignExcluded = `value = excluded.value, version = excluded.version, written = excluded.written,
  expires = excluded.expires, ends = excluded.ends, changed = excluded.changed`;
const columns = 'bucket, key, rest_digest, rest, value, version, written, expires, ends, changed';
const forget = `value = '', version = $VERSION::uuid, expires = NULL, ends = 0, changed = clock_timestamp()`;

/** @param name of the schema, as the URL has it */
export function statementsFor(name: string): Statements {
  const schema = quoted(name);
  const table = `${schema}.entries`;
  const where = 'e.bucket = $1 AND e.key = $2 AND e.rest_digest = $3';
  /** @param now milliseconds since 1970 @param cutoff what was written up to then has ended */
  const isThere = (now: string, cutoff: string): string =>
    `((e.ends IS NULL OR e.ends > ${now}::int8) AND e.written > ${cutoff}::int8)`;
  const found = `FROM ${table} e WHERE ${where} AND ${isThere('$4', '$5')}`;
  const keys = (head: string, digest: string): string =>
    `unnest(${head}::bytea[], ${digest}::bytea[]) WITH ORDINALITY AS i (key, rest_digest, place)`;
  const sum = "(convert_from(e.value, 'UTF8')::numeric + $5::numeric)";
  const isAlive = isThere('$8', '$9');
  return {
    get: `SELECT encode(e.value, 'hex') ${found}`,
    exists: `SELECT 1 ${found}`,
    written: `SELECT e.written ${found}`,
    ends: `SELECT e.expires FROM ${keys('$2', '$3')} LEFT JOIN ${table} e ON e.bucket = $1 AND e.key = i.key
      AND e.rest_digest = i.rest_digest AND ${isThere('$4', '$5')} ORDER BY i.place`,
    // What is too much altogether is not even read.
    getMany: `WITH found AS (SELECT i.place, e.value FROM ${keys('$2', '$3')} LEFT JOIN ${table} e ON e.bucket = $1
        AND e.key = i.key AND e.rest_digest = i.rest_digest AND ${isThere('$4', '$5')}),
      size AS (SELECT coalesce(sum(octet_length(value)), 0) AS total FROM found)
      SELECT CASE WHEN total <= $6::int8 THEN encode(value, 'hex') END, total <= $6::int8
      FROM found, size ORDER BY place`,
    set: `INSERT INTO ${table} (${columns})
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp()) ${conflict} DO UPDATE SET ${assignExcluded}`,
    setMany: `INSERT INTO ${table} (${columns})
      SELECT $1::bytea, i.key, i.rest_digest, i.rest, i.value, $6::uuid, $7::int8, $8::int8, $9::int8, clock_timestamp()
      FROM unnest($2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[]) AS i (key, rest_digest, rest, value)
      ${conflict} DO UPDATE SET ${assignExcluded}`,
    delete: `UPDATE ${table} e SET ${forget.replace('$VERSION', '$4')} WHERE ${where} AND (e.ends IS NULL OR e.ends > 0)`,
    // In the order of the keys, as all who write several do: none waits for another one that waits for it.
    deleteMany: `WITH meant AS (SELECT e.key, e.rest_digest FROM ${table} e JOIN ${keys('$2', '$3')}
        ON e.key = i.key AND e.rest_digest = i.rest_digest WHERE e.bucket = $1 AND (e.ends IS NULL OR e.ends > 0)
        ORDER BY e.key, e.rest_digest FOR UPDATE OF e)
      UPDATE ${table} e SET ${forget.replace('$VERSION', '$4')} FROM meant
      WHERE e.bucket = $1 AND e.key = meant.key AND e.rest_digest = meant.rest_digest`,
    // Row by row as the index has them: what differs behind the index's part is sorted by the server.
    list: `SELECT encode(e.key, 'hex'), encode(e.rest, 'hex') FROM ${table} e WHERE e.bucket = $1 AND e.key >= $2
      AND ((e.key, e.rest) > ($2, $3) OR ($4::bool AND e.key = $2 AND e.rest = $3)) AND ${isThere('$5', '$6')}
      ORDER BY e.key, e.rest LIMIT $7::int8`,
    increment: `INSERT INTO ${table} AS e (${columns})
      VALUES ($1, $2, $3, $4, convert_to($5::numeric::text, 'UTF8'), $6, $7, NULL, $10, clock_timestamp())
      ${conflict} DO UPDATE SET version = excluded.version, written = excluded.written, changed = excluded.changed,
        value = CASE WHEN ${isAlive} THEN convert_to(${sum}::text, 'UTF8') ELSE excluded.value END,
        expires = CASE WHEN ${isAlive} THEN e.expires END,
        ends = CASE WHEN ${isAlive} THEN least(e.expires, excluded.ends) ELSE excluded.ends END
      WHERE CASE WHEN NOT ${isAlive} THEN true WHEN octet_length(e.value) > 20 THEN false
        WHEN encode(e.value, 'escape') !~ '^-?[0-9]+$' THEN false
        ELSE ${sum} BETWEEN $11::numeric AND $12::numeric END
      RETURNING convert_from(e.value, 'UTF8')`,
    getVersioned: `SELECT (extract(epoch FROM statement_timestamp()) * 1000)::int8, e.version, ${isThere('$4', '$5')},
      CASE WHEN ${isThere('$4', '$5')} THEN encode(e.value, 'hex') END
      FROM (SELECT 1) AS one LEFT JOIN ${table} e ON ${where}`,
    // An end of its own stays, unless another one is given.
    replace: `UPDATE ${table} e SET value = $4, version = $5, written = $6, changed = clock_timestamp(),
        expires = CASE WHEN $11::bool AND $7::int8 IS NULL THEN e.expires ELSE $7::int8 END,
        ends = least(CASE WHEN $11::bool AND $7::int8 IS NULL THEN e.expires ELSE $7::int8 END, $8::int8)
      WHERE ${where} AND e.version = $12::uuid AND ${isThere('$9', '$10')} = $11::bool`,
    create: `INSERT INTO ${table} (${columns})
      SELECT $1, $2, $3, $4, $5, $6, $7::int8, $8::int8, $9::int8, clock_timestamp()
      WHERE clock_timestamp() < to_timestamp($10::int8 / 1000.0) + interval '${absenceMinutes} minutes'
      ${conflict} DO NOTHING`,
    sweep: `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ends <= $1::int8
      AND changed < clock_timestamp() - interval '${keptMinutes} minutes'
      ORDER BY ends LIMIT ${sweepSize} FOR UPDATE SKIP LOCKED))`,
    buckets: `SELECT DISTINCT encode(e.bucket, 'hex') FROM ${table} e WHERE e.bucket >= $1::bytea
      AND substring(e.bucket FOR octet_length($1::bytea)) = $1::bytea AND (e.ends IS NULL OR e.ends > $2::int8)`,
    removeBucket: `DELETE FROM ${table} WHERE bucket = $1`,
    look: 'SELECT to_regnamespace($1) IS NOT NULL, to_regclass($2) IS NOT NULL',
    makeSchema: `${lock} CREATE SCHEMA IF NOT EXISTS ${schema};`,
    makeTable: `${lock}
      CREATE TABLE IF NOT EXISTS ${table} (
        bucket bytea NOT NULL,
        key bytea NOT NULL,
        rest_digest bytea NOT NULL,
        rest bytea NOT NULL,
        value bytea NOT NULL,
        version uuid NOT NULL,
        written int8 NOT NULL,
        expires int8,
        ends int8,
        changed timestamptz NOT NULL,
        PRIMARY KEY (bucket, key, rest_digest)
      );
      CREATE INDEX IF NOT EXISTS entries_ends ON ${table} (ends) WHERE ends IS NOT NULL;`,
  };
}

/** The name of a schema as SQL has it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
