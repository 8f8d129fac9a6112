import type { KeyvalueRule } from '../../host/composition/options/keyvalue-rule.ts';
import { allCapabilities } from '../../host/interfaces/keyvalue/backends/capability-table.ts';
import type { Capabilities } from '../../host/interfaces/keyvalue/backends/definition.ts';
import type { BackendName } from '../../host/interfaces/keyvalue/configuration/backend-settings.ts';
import { urlOf } from '../support/postgres-client.ts';
import { Project } from '../support/project.ts';
import {
  isInstalled,
  natsServer,
  postgresServer,
  redisServer,
  Server,
  type ServerKind,
} from '../support/server.ts';

/** A backend that a component is run on, and what belongs to it. */
export interface ProbedBackend extends AsyncDisposable {
  /** Where `startHost` is to have the buckets, so that all hosts have the same. */
  readonly rule: KeyvalueRule;
}

/** How to have each backend, by its name; only those whose servers are installed. */
export const probedBackends = new Map<
  string,
  { readonly capabilities: Capabilities; start(): Promise<ProbedBackend> }
>();

const capabilities = await allCapabilities();

function add(name: BackendName, start: () => Promise<ProbedBackend>): void {
  const own = capabilities.get(name);
  if (own !== undefined) probedBackends.set(name, { capabilities: own, start });
}

async function inFolder(rule: (folder: string) => KeyvalueRule): Promise<ProbedBackend> {
  const project = await Project.create();
  return { rule: rule(project.folder), [Symbol.asyncDispose]: () => project[Symbol.asyncDispose]() };
}

async function onServer(kind: ServerKind, backend: 'redis' | 'nats' | 'postgres'): Promise<ProbedBackend> {
  const server = await Server.start(kind);
  const url = backend === 'postgres' ? urlOf(server) : `${backend}://127.0.0.1:${server.port}`;
  return {
    rule: { backend, url, prefix: '' },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

add('in_memory', async () => ({ rule: 'in_memory', async [Symbol.asyncDispose]() {} }));
add('filesystem', () => inFolder((folder) => ({ backend: 'filesystem', path: folder })));
add('sqlite', () => inFolder((folder) => ({ backend: 'sqlite', path: `${folder}/kv.db` })));
if (await isInstalled(redisServer)) add('redis', () => onServer(redisServer, 'redis'));
if (await isInstalled(natsServer)) add('nats', () => onServer(natsServer, 'nats'));
if (await isInstalled(postgresServer)) add('postgres', () => onServer(postgresServer, 'postgres'));
