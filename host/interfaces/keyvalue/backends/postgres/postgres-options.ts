import * as v from 'valibot';
import { tlsOptions } from '../tls-options.ts';

/** The options of the `postgres` backend. */
export const postgresOptions = v.strictObject({
  /**
   * `postgres://user:password@host:port/database`; several servers of one database, `host:port,host:port`, of which the
   * one that takes writes is used. Behind a `?`: `sslmode` (`disable`, `prefer`, `require`, `verify-ca`, `verify-full`; default
   * `prefer`), `sslrootcert` (a file in PEM), `pool_size` (connections of one thread, default 4), `schema` (default `kvasi`).
   */
  url: v.string(),
  /** Default: the URL's, else `PGUSER` or the user of the system. */
  username: v.optional(v.string()),
  /** Default: the URL's, else `PGPASSWORD`. */
  password: v.optional(v.string()),
  /** Certificates in PEM, beside those that Node trusts anyway; with them, a server is always checked. */
  tls: tlsOptions,
});

/** The options of the `postgres` backend. */
export type PostgresOptions = v.InferOutput<typeof postgresOptions>;
