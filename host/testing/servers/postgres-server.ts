import { execFile } from 'node:child_process';
// An older Node has no globSync, and has to come as far as to be refused by its version.
import fs, { existsSync, readFileSync, realpathSync } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { reasonOf } from '../../shared/host-error.ts';
import { TemporaryFolder } from '../stores/temporary-folder.ts';
import type { ServerKind, SystemUser } from './server.ts';

/** Where packages put the programs that they don't put on PATH: those of Debian, of Red Hat, of Homebrew. */
const folders = ['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin', '/opt/homebrew/opt/postgresql*/bin'];

/**
 * A PostgreSQL server: whoever connects from this machine is let in as `postgres`. Nothing waits for the disk: what was acknowledged
 * outlives a kill of its processes, and no power cut. It refuses to run as root, and so runs as another user then.
 */
export const postgresServer: ServerKind = {
  command: 'postgres',
  hint: 'apt install postgresql, or brew install postgresql',
  elsewhere: () => newest(folders.flatMap((folder) => fs.globSync(`${folder}/postgres`))),
  user: () => (process.getuid?.() === 0 ? unprivilegedUser() : undefined),
  args: (port, folder) => [
    ...['-D', dataIn(folder), '-p', String(port), '-c', 'listen_addresses=127.0.0.1'],
    ...['-c', 'unix_socket_directories=', '-c', 'fsync=off', '-c', 'full_page_writes=off'],
    // Left behind by a kill in the folder, and not in the memory of the machine.
    ...['-c', 'dynamic_shared_memory_type=mmap', '-c', 'logging_collector=off'],
  ],
  prepare: makeData,
  // Whoever is let in before is told to come again.
  ready: /database system is ready to accept/,
  // At once, and without leaving shared memory of the system.
  ending: 'SIGQUIT',
};

/** Where the data of a server is. */
export function dataIn(folder: string): string {
  return join(folder, 'data');
}

/** Runs a program that came with the server's. Rejects with what it printed where it fails. */
export async function runBeside(
  command: string,
  program: string,
  args: readonly string[],
  user: SystemUser | undefined,
): Promise<void> {
  const path = command.includes(sep) ? join(dirname(realpathSync(command)), program) : program;
  await run(path, args, user);
}

async function run(path: string, args: readonly string[], user: SystemUser | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const options = { ...user, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  execFile(path, [...args], options, (error, stdout, stderr) => {
    if (error === null) resolve();
    else reject(new Error(`${basename(path)} failed: ${reasonOf(error)}\n${stdout}${stderr}`));
  }).stdin?.end();
  await promise;
}

async function makeData(folder: string, command: string, user: SystemUser | undefined): Promise<void> {
  await letIn(folder, user);
  let template = templates.get(command);
  if (template === undefined) {
    template = makeTemplate(command, user);
    templates.set(command, template);
    template.catch(() => templates.delete(command));
  }
  await run('cp', ['-Rp', dataIn(await template), dataIn(folder)], undefined);
}

/** The data of a new server, by its program: making it takes as long as starting ten servers. They go when this thread ends. */
const templates = new Map<string, Promise<string>>();

async function makeTemplate(command: string, user: SystemUser | undefined): Promise<string> {
  const { path } = new TemporaryFolder('postgres-template');
  await letIn(path, user);
  const how = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-sync'];
  await runBeside(command, 'initdb', ['-D', dataIn(path), ...how], user);
  return path;
}

/** Gives a folder to a user. */
async function letIn(folder: string, user: SystemUser | undefined): Promise<void> {
  if (user === undefined) return;
  await chown(folder, user.uid, user.gid);
  // To be passed through, not to be read: what is in it has names that nobody guesses.
  await chmod(dirname(folder), 0o711);
}

/** The user whom packages make for the server, else one who may do nothing. */
function unprivilegedUser(): SystemUser | undefined {
  const file = '/etc/passwd';
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

function newest(paths: readonly string[]): string | undefined {
  return paths.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
}
