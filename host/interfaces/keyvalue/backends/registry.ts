import { pathToFileURL } from 'node:url';
import { reasonOf } from '../../../shared/host-error.ts';
import { requirePlainFile } from '../../../shared/plain-file.ts';
import type { BackendName } from '../configuration/backend-settings.ts';
import { StoreError } from './backend.ts';
import { type BackendDefinition, renamedCapabilities } from './definition.ts';

/** The backends that come with the host; each is loaded when it is first asked for. */
const loaders: Readonly<Record<BackendName, () => Promise<unknown>>> = {
  in_memory: async () => (await import('./memory/memory.ts')).memory,
  filesystem: async () => (await import('./filesystem/filesystem.ts')).filesystem,
  sqlite: async () => (await import('./sqlite/sqlite.ts')).sqlite,
  redis: async () => (await import('./redis/redis.ts')).redis,
  nats: async () => (await import('./nats/nats.ts')).nats,
  postgres: async () => (await import('./postgres/postgres.ts')).postgres,
};

/** Loads one of the host's own backends. */
export async function loadBackend(name: BackendName): Promise<BackendDefinition<unknown>> {
  return (await loaders[name]()) as BackendDefinition<unknown>;
}

/** Loads a user's backend from a module that exports the result of `defineBackend` as its default. */
export async function loadBackendModule(path: string): Promise<BackendDefinition<unknown>> {
  let module: { readonly default?: unknown };
  try {
    await requirePlainFile(path);
    module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  } catch (cause) {
    const guestMessage = "the backend of this bucket can't be loaded";
    throw new StoreError('other', `the backend ${path} can't be loaded: ${reasonOf(cause)}`, {
      cause,
      guestMessage,
    });
  }
  const definition = module.default;
  if (isDefinition(definition)) return definition;
  if (typeof definition === 'object' && definition !== null && 'promises' in definition) {
    const guestMessage = `the module of this bucket exports no backend: ${renamedCapabilities}`;
    throw new StoreError('other', `the module ${path} exports no backend: ${renamedCapabilities}`, {
      guestMessage,
    });
  }
  throw new StoreError(
    'other',
    `the module ${path} exports no backend: its default export must come from defineBackend`,
    {
      guestMessage:
        'the module of this bucket exports no backend: its default export must come from defineBackend',
    },
  );
}

function isDefinition(value: unknown): value is BackendDefinition<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'connect' in value &&
    'options' in value &&
    'capabilities' in value
  );
}
