import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isUnattended } from '../../host/testing/servers/found-backend.ts';
import type { ServerKind } from '../../host/testing/servers/server.ts';

export { postgresServer } from '../../host/testing/servers/postgres-server.ts';
export { freePort, Server, type ServerKind } from '../../host/testing/servers/server.ts';

/** Whatever it has acknowledged outlives a kill of its process; only a power cut could take it. */
export const redisServer: ServerKind = {
  command: 'redis-server',
  hint: 'apt install redis-server, or brew install redis',
  args: (port, folder) => [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
    ...['--appendonly', 'yes', '--appendfsync', 'no'],
  ],
};

export const natsServer: ServerKind = {
  command: 'nats-server',
  hint: 'apt install nats-server, or brew install nats-server',
  args: (port, folder) => ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder],
};

/**
 * Whether a program is installed. Where it isn't, tests that need it are skipped, and this says so; in
 * CI (`CI`) it throws.
 */
export async function isInstalled({
  command,
  hint,
  elsewhere,
}: Pick<ServerKind, 'command' | 'hint' | 'elsewhere'>): Promise<boolean> {
  if ((await isOnPath(command)) || elsewhere?.() !== undefined) return true;
  const message = `${command} is not found on PATH (${hint})`;
  if (isUnattended(process.env)) throw new Error(message);
  console.warn(`SKIPPED: ${message}; what needs it is not tested.`);
  return false;
}

async function isOnPath(command: string): Promise<boolean> {
  const child = spawn(command, ['--version'], { stdio: 'ignore' });
  return await new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', () => resolve(true));
  });
}

/** A folder that is removed with everything in it. */
export async function temporaryFolder(name: string): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), `kvasi-${name}-`));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
