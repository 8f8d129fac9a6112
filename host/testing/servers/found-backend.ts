import type { BackendName } from '../../interfaces/keyvalue/configuration/backend-settings.ts';
import { HostError } from '../../shared/host-error.ts';
import { type ServedBackend, serverOf } from '../stores/own-backend.ts';
import type { ServerKind } from './server.ts';
import { serverProgram } from './server-program.ts';

/** Programs of servers by backend: paths, or names that are looked for on PATH. */
export type ServerPrograms = Readonly<Partial<Record<ServedBackend, string>>>;

/** Who named the program of a server: `--redis-server`, say. */
export interface NamedProgram {
  readonly program: string;
  readonly source: string;
}

/** A backend that tests can run against, or why they can't here. */
export interface FoundBackend {
  readonly name: BackendName;
  /** Why it can't be had on this machine; absent where it can. */
  readonly missing?: string;
  /** The program of its server, where it has one. */
  readonly command?: string;
  /** For people: `redis-server 7.0.15`. */
  readonly server?: string;
}

/** What names the programs of servers where nothing else does. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Looks whether a backend can be had: with the program that is named, else with that of the environment, else with the usual one.
 * @throws {HostError} `usage`, where a program that was named is none
 */
export async function findBackend(
  name: BackendName,
  given: NamedProgram | undefined,
  { env, cwd }: { readonly env: Environment; readonly cwd: string },
): Promise<FoundBackend> {
  const kind = serverOf(name);
  if (kind === undefined) return { name };
  const variable = `KVASI_${name.toUpperCase()}_SERVER`;
  const ofEnvironment = env[variable];
  const named = given ?? (ofEnvironment ? { program: ofEnvironment, source: variable } : undefined);
  const found = await usualProgram(named?.program, kind, cwd);
  if ('command' in found) return { name, command: found.command, server: found.text };
  if (named !== undefined) {
    throw new HostError(
      'usage',
      `${named.source} is ${JSON.stringify(named.program)}, which ${found.why}. Name the program of a ${kind.command}.`,
    );
  }
  return { name, missing: `${kind.command} ${found.why} (${kind.hint})` };
}

/** The program that is named, else the usual one, on PATH or where packages put it. */
async function usualProgram(
  named: string | undefined,
  { command, elsewhere }: ServerKind,
  cwd: string,
): ReturnType<typeof serverProgram> {
  const found = await serverProgram(named ?? command, cwd);
  const other = named === undefined && 'why' in found ? elsewhere?.() : undefined;
  return other === undefined ? found : await serverProgram(other, cwd);
}

/** Whether nobody would notice that something was left out: `CI` is set, and not to `false` or `0`. */
export function isUnattended(env: Environment): boolean {
  return !['', 'false', '0'].includes(env.CI ?? '');
}
