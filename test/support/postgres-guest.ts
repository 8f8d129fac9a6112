import { Database } from '../../host/interfaces/postgres/database.ts';
import { PostgresGuest } from '../../host/interfaces/postgres/postgres-guest.ts';
import { PreparedStatements } from '../../host/interfaces/postgres/prepared-statements.ts';
import { Holdings } from '../../host/runtime/worker/holdings.ts';

/** What a guest calls, without a guest. */
export function guestOf(url: string): { guest: PostgresGuest; holdings: Holdings; told: string[] } {
  const told: string[] = [];
  const database = new Database(url, { now: Date.now, tell: (text) => told.push(text) });
  const holdings = new Holdings();
  const trace = { note: () => {} };
  const guest = new PostgresGuest({
    database: () => database,
    prepared: new PreparedStatements(),
    trace: { ...trace, current: () => trace } as never,
    holdings,
    interceptor: undefined,
    request: () => 1,
  });
  return { guest, holdings, told };
}
