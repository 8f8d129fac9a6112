import { join } from 'node:path';
import { freshTestName } from '../../interfaces/keyvalue/backends/test-names.ts';
import type { BackendName } from '../../interfaces/keyvalue/configuration/backend-settings.ts';
import { postgresServer } from '../servers/postgres-server.ts';
import { Server, type ServerKind } from '../servers/server.ts';
import { TemporaryFolder } from './temporary-folder.ts';

/** A backend of a test's own, with nothing in it; it is gone when the test is over. */
export interface OwnBackend extends AsyncDisposable {
  readonly name: BackendName;
  /** An entry of `dev.keyvalue` for buckets that share nothing with those of earlier entries. */
  entry(): OwnEntry;
}

/** Where the buckets of a backend are, as `dev.keyvalue` has it. */
export type OwnEntry = {
  readonly backend: BackendName;
  readonly url?: string;
  readonly path?: string;
  readonly prefix?: string;
};

/** The backends that have a server of their own in tests. */
export const SERVED_BACKENDS = ['redis', 'nats', 'postgres'] as const satisfies readonly BackendName[];
export type ServedBackend = (typeof SERVED_BACKENDS)[number];

/** How the servers of tests are run: nothing of it has to last, so that nothing waits for the disk. */
const servers: Readonly<Record<ServedBackend, ServerKind>> = {
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
  postgres: postgresServer,
};

/** Who is let in by the server of a backend, and to what, as its URL has it. */
const logins: Readonly<Record<ServedBackend, readonly [user: string, path: string]>> = {
  redis: ['', ''],
  nats: ['', ''],
  postgres: ['postgres@', '/postgres'],
};

/** How the server of a backend is run, where it has one. */
export function serverOf(name: BackendName): ServerKind | undefined {
  return isServed(name) ? servers[name] : undefined;
}

/** The URL of a server of this machine that is run like that. */
function urlOf(name: BackendName, port: number): string {
  const [user, path] = isServed(name) ? logins[name] : [];
  return `${name}://${user}127.0.0.1:${port}${path}`;
}

function isServed(name: BackendName): name is ServedBackend {
  return SERVED_BACKENDS.some((one) => one === name);
}

/**
 * Starts a server on a free port, or makes a temporary folder. Throws where the server does not start.
 * @param command the server's program. Default: the usual one on PATH
 */
export async function startBackend(name: BackendName, command?: string): Promise<OwnBackend> {
  const kind = serverOf(name);
  let entries = 0;
  if (kind !== undefined) {
    const server = await Server.start(command === undefined ? kind : { ...kind, command });
    const url = urlOf(name, server.port);
    return {
      name,
      entry() {
        // Whoever gets it in another process may know by its name that it is nobody's data.
        return { backend: name, url, prefix: freshTestName(':') };
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  }
  if (name === 'in_memory') {
    return { name, entry: () => ({ backend: name }), async [Symbol.asyncDispose]() {} };
  }
  const folder = new TemporaryFolder(name);
  return {
    name,
    entry() {
      entries += 1;
      return {
        backend: name,
        path: join(folder.path, name === 'sqlite' ? `${entries}.db` : String(entries)),
      };
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
