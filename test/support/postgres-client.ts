import { chmod, chown, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import createClient, { type Sql } from 'postgres';
import type { Backend } from '../../host/interfaces/keyvalue/backends/backend.ts';
import { postgres } from '../../host/interfaces/keyvalue/backends/postgres/postgres.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';
import { dataIn, runBeside } from '../../host/testing/servers/postgres-server.ts';
import { postgresServer, Server } from './server.ts';

/** @param others further servers, each after a comma */
export function urlOf(server: Server, query = '', others = ''): string {
  return `postgres://postgres@127.0.0.1:${server.port}${others}/postgres${query}`;
}

/** A host's backend on a server. @param more a server that may take over */
export async function connect(
  server: Server,
  {
    tell = (_: string) => {},
    now = Date.now,
    query = '',
    operationTimeout = 20_000,
    more,
  }: {
    tell?: (text: string) => void;
    now?: () => number;
    query?: string;
    operationTimeout?: number;
    more?: Standby;
  } = {},
): Promise<Backend & AsyncDisposable> {
  const others = more === undefined ? '' : `,127.0.0.1:${more.server.port}`;
  const url = urlOf(server, query, others);
  const backend = await connectDefinition(postgres, { url }, { now, operationTimeout, tell });
  return Object.assign(backend, { [Symbol.asyncDispose]: async () => await backend.close() });
}

/** A client as another program has it. */
export function rawClient(server: Server): Sql & AsyncDisposable {
  const sql = createClient(urlOf(server), { max: 1, onnotice: () => {} });
  return Object.assign(sql, { [Symbol.asyncDispose]: async () => await sql.end({ timeout: 1 }) });
}

/** A server that follows another one. */
export interface Standby extends AsyncDisposable {
  readonly server: Server;
  /** Resolves when it has all that the other one has acknowledged. */
  hasAll(): Promise<void>;
  /** From now on it takes writes. */
  promote(): Promise<void>;
}

/** Starts a server that follows another one, as a failover needs it. */
export async function standbyOf(primary: Server): Promise<Standby> {
  const prepare = async (
    folder: string,
    command: string,
    user: ReturnType<NonNullable<typeof postgresServer.user>>,
  ) => {
    if (user !== undefined) await chown(folder, user.uid, user.gid);
    const from = ['-h', '127.0.0.1', '-p', String(primary.port), '-U', 'postgres'];
    await runBeside(
      command,
      'pg_basebackup',
      [...from, '-D', dataIn(folder), '-R', '-X', 'stream', '-c', 'fast', '--no-sync'],
      user,
    );
  };
  const server = await Server.start({
    ...postgresServer,
    prepare,
    ready: /ready to accept (read-only )?connections/,
  });
  return {
    server,
    async hasAll() {
      await using sql = rawClient(primary);
      await using own = rawClient(server);
      const [now] = await sql.unsafe('SELECT pg_current_wal_lsn()::text AS lsn');
      for (;;) {
        const [row] = await own.unsafe(
          `SELECT pg_last_wal_replay_lsn() >= '${String(now?.lsn)}'::pg_lsn AS is_there`,
        );
        if (row?.is_there === true) return;
        await sleep(20);
      }
    },
    async promote() {
      await using own = rawClient(server);
      await own.unsafe('SELECT pg_promote()');
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Starts a server again with a certificate. */
export async function keepCertificate(server: Server, cert: string, key: string): Promise<void> {
  for (const [from, name] of [
    [cert, 'server.crt'],
    [key, 'server.key'],
  ] as const) {
    const path = join(dataIn(server.folder), name);
    await copyFile(from, path);
    await chmod(path, 0o600);
    const user = postgresServer.user?.();
    if (user !== undefined) await chown(path, user.uid, user.gid);
  }
  await keepLine(server, 'postgresql.auto.conf', 'ssl = on', 'a');
}

/** Starts a server again with a line in one of its files, in place of what is there or behind it. */
export async function keepLine(
  server: Server,
  file: string,
  line: string,
  flag: 'w' | 'a' = 'w',
): Promise<void> {
  await writeFile(join(dataIn(server.folder), file), `${line}\n`, { flag });
  await server.restart();
}
