import type { WorkerContext, WorkerPart } from '../../runtime/interface.ts';
import { StoreError } from '../keyvalue/backends/backend.ts';
import { Database } from './database.ts';
import { draft } from './draft.ts';
import { Failure } from './failure.ts';
import type { PostgresImports } from './index.ts';
import { postgresOperations } from './operations.ts';
import { postgres } from './p3.ts';
import { PostgresGuest } from './postgres-guest.ts';
import { PreparedStatements } from './prepared-statements.ts';

const unconfigured =
  'no database is configured: set dev.postgres_url, or --postgres-url postgres://user:password@host/database';

/** Starts `wasmcloud:postgres` on a worker; nothing is connected to before a component asks. */
export function startPostgres({ clock, interceptor, tell }: WorkerContext): WorkerPart {
  const databases = new Map<string, Database>();
  /** By the URL: what was prepared for one database is not run on another one. */
  const prepared = new Map<string, PreparedStatements>();
  const databaseAt = (url: string | undefined): Database => {
    if (url === undefined) throw new Failure('other', unconfigured);
    let database = databases.get(url);
    try {
      database ??= new Database(url, { now: clock.now, tell });
    } catch (error) {
      throw error instanceof StoreError ? new Failure('other', error.message) : error;
    }
    databases.set(url, database);
    return database;
  };
  const preparedAt = (url = ''): PreparedStatements => {
    const known = prepared.get(url) ?? new PreparedStatements();
    prepared.set(url, known);
    return known;
  };
  return {
    imports(guest, own) {
      const { version, url, labelled } = own as PostgresImports;
      const functionsFor = (place: string | undefined): Record<string, Record<string, unknown>> => {
        const postgresGuest = new PostgresGuest({
          database: () => databaseAt(place),
          prepared: preparedAt(place),
          trace: guest.trace.of(postgresOperations),
          holdings: guest.holdings,
          interceptor,
          request: () => guest.request,
        });
        return version === 'draft' ? draft(postgresGuest) : postgres(postgresGuest);
      };
      const imports = functionsFor(url);
      for (const { label, interface: name, url: place } of labelled) {
        imports[label] = functionsFor(place)[name] ?? {};
      }
      return imports;
    },
  };
}
