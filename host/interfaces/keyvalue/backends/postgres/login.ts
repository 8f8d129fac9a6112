import { readFile } from 'node:fs/promises';
import { tlsSettings } from '../tls-options.ts';
import type { PostgresOptions } from './postgres-options.ts';
import type { Address, PostgresPlace } from './postgres-url.ts';
import { Session } from './session.ts';
import type { Login } from './session-client.ts';

/** How to log in at a place. Rejects where the file with its certificates can't be read. */
export async function loginTo(
  place: PostgresPlace,
  options: PostgresOptions,
  session: Pick<Login, 'statementTimeout' | 'settings'>,
): Promise<Login> {
  const { user, password, database, sslMode, rootCertificates } = place;
  const tls = tlsSettings(options.tls);
  if (rootCertificates !== undefined) tls.ca ??= await readFile(rootCertificates, 'utf8');
  return {
    user: options.username ?? user,
    password: options.password ?? password,
    database,
    // Whoever names certificates wants them to be checked.
    sslMode: Object.keys(tls).length > 0 && !sslMode.startsWith('verify') ? 'verify-full' : sslMode,
    tls,
    ...session,
  };
}

/**
 * A session with the first server that takes writes; where none does, with the first one that answers. Rejects with what the first one
 * says against it.
 * @param timeout milliseconds for all of them
 */
export async function openFirst(
  addresses: readonly Address[],
  login: Login,
  timeout: number,
): Promise<Session> {
  let standby: Session | undefined;
  let failure: unknown;
  for (const address of addresses) {
    try {
      const session = await Session.open(address, login, timeout / addresses.length);
      if (!session.isStandby || addresses.length === 1) {
        standby?.end();
        return session;
      }
      if (standby === undefined) standby = session;
      else session.end();
    } catch (error) {
      failure ??= error;
    }
  }
  if (standby !== undefined) return standby;
  throw failure;
}

/** What must not be shown, as the URL has it and as it is. */
export function secretsOf({ url, password }: PostgresOptions, place: PostgresPlace): string[] {
  const written = /:\/\/[^@/]*?:(.*)@/.exec(url)?.[1];
  const all = [password, place.password, written, process.env.PGPASSWORD];
  return all.filter((secret): secret is string => secret !== undefined && secret !== '');
}
