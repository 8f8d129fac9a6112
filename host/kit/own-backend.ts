import { join } from 'node:path';
import { freshTestName } from '../backends/test-names.ts';
import type { BackendName } from '../config/settings.ts';
import { closeAtEnd, forget } from './close-at-end.ts';
import { isOnPath, Server, type ServerKind } from './server.ts';
import { TemporaryFolder } from './temporary-folder.ts';

/** A backend of a test's own, with nothing in it; it is gone when the test is over. */
export interface OwnBackend extends AsyncDisposable {
  readonly name: BackendName;
  /** An entry of `dev.keyvalue` for buckets that share nothing with those of earlier entries. */
  entry(): OwnEntry;
}

/** Where the buckets of a backend are, as `dev.keyvalue` has it. */
export interface OwnEntry {
  readonly backend: BackendName;
  readonly url?: string;
  readonly path?: string;
  readonly prefix?: string;
}

/** Nothing of it has to last, so that nothing waits for the disk. */
const servers: Readonly<Partial<Record<BackendName, ServerKind>>> = {
  redis: {
    command: 'redis-server',
    hint: 'apt install redis-server, or brew install redis',
    args: (port, folder) => [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
      ...['--save', '', '--appendonly', 'no'],
    ],
  },
  nats: {
    command: 'nats-server',
    hint: 'apt install nats-server, or brew install nats-server',
    args: (port, folder) => ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder],
  },
};

/** Why a backend can't be had on this machine; undefined where it can. */
export async function whyMissing(name: BackendName): Promise<string | undefined> {
  const kind = servers[name];
  if (kind === undefined || (await isOnPath(kind.command))) return undefined;
  return `${kind.command} is not found on PATH (${kind.hint})`;
}

/** Starts a server on a free port, or makes a temporary folder. Throws where the server does not start. */
export async function startBackend(name: BackendName): Promise<OwnBackend> {
  const kind = servers[name];
  if (kind !== undefined) {
    const server = await Server.start(kind);
    const url = `${name}://127.0.0.1:${server.port}`;
    const own = { close: () => server[Symbol.asyncDispose]() };
    closeAtEnd(own);
    return {
      name,
      entry() {
        // Whoever gets it in another process may know by its name that it is nobody's data.
        return { backend: name, url, prefix: freshTestName(':') };
      },
      async [Symbol.asyncDispose]() {
        forget(own);
        await own.close();
      },
    };
  }
  if (name === 'in_memory') {
    return { name, entry: () => ({ backend: name }), async [Symbol.asyncDispose]() {} };
  }
  const folder = new TemporaryFolder();
  let entries = 0;
  return {
    name,
    entry() {
      entries += 1;
      const path = join(folder.path, name === 'sqlite' ? `${entries}.db` : String(entries));
      return { backend: name, path };
    },
    [Symbol.asyncDispose]: () => folder.remove(),
  };
}
