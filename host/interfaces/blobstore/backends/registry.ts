import type { BlobBackendName } from '../configuration/blob-settings.ts';
import type { BlobDefinition } from './definition.ts';

/** The backends that come with the host, but for memory, which threads share; each is loaded when it is first asked for. */
const loaders = {
  filesystem: async () => (await import('./filesystem/filesystem.ts')).filesystem,
  sqlite: async () => (await import('./sqlite/sqlite.ts')).sqlite,
  nats: async () => (await import('./nats/nats.ts')).nats,
} satisfies Readonly<Record<Exclude<BlobBackendName, 'in_memory'>, () => Promise<unknown>>>;

/** Loads one of the host's backends. */
export async function loadBlobBackend(
  name: Exclude<BlobBackendName, 'in_memory'>,
): Promise<BlobDefinition<unknown>> {
  return (await loaders[name]()) as BlobDefinition<unknown>;
}
