import type { WorkerContext, WorkerPart } from '../../runtime/interface.ts';
import { StoreError } from '../keyvalue/backends/backend.ts';
import { Database } from './database.ts';
import { draft } from './draft.ts';
import { Failure } from './failure.ts';
import { postgresOperations } from './operations.ts';
import { postgres } from './p3.ts';
import { PostgresGuest } from './postgres-guest.ts';
import { PreparedStatements } from './prepared-statements.ts';

const unconfigured =
  'no database is configured: set dev.postgres_url, or --postgres-url postgres://user:password@host/database';

/** Starts `wasmcloud:postgres` on a worker; nothing is connected to before a component asks. */
export function startPostgres(
  { url }: { readonly url: string | undefined },
  { clock, interceptor, tell }: WorkerContext,
): WorkerPart {
  const prepared = new PreparedStatements();
  let database: Database | undefined;
  const connected = (): Database => {
    if (url === undefined) throw new Failure('other', unconfigured);
    try {
      database ??= new Database(url, { now: clock.now, tell });
    } catch (error) {
      throw error instanceof StoreError ? new Failure('other', error.message) : error;
    }
    return database;
  };
  return {
    imports(guest, own) {
      const postgresGuest = new PostgresGuest({
        database: connected,
        prepared,
        trace: guest.trace.of(postgresOperations),
        holdings: guest.holdings,
        interceptor,
        request: () => guest.request,
      });
      return own === 'draft' ? draft(postgresGuest) : postgres(postgresGuest);
    },
  };
}
