import { freePort, isInstalled, redisServer, Server } from '../test/support/server.ts';
import { builtServer } from './build.ts';
import { RunningProcess } from './running-process.ts';

export const isRedisInstalled = (): Promise<boolean> => isInstalled(redisServer);

/** The URL of a Redis of our own that keeps nothing on disk, and whose answers come later by some milliseconds. */
export async function startRedis(delay: number, owner: AsyncDisposableStack): Promise<string> {
  const { port } = owner.use(await Server.start(redisServer, ['--appendonly', 'no']));
  if (delay === 0) return `redis://127.0.0.1:${port}`;
  const proxyPort = await freePort();
  owner.use(
    new RunningProcess({
      file: process.execPath,
      args: [builtServer('delay-proxy'), String(proxyPort), String(port), String(delay)],
    }),
  );
  return `redis://127.0.0.1:${proxyPort}`;
}
