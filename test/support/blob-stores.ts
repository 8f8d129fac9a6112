import { join } from 'node:path';
import { callStore } from '../../host/interfaces/blobstore/backends/memory/call-store.ts';
import {
  type CallMemory,
  MemoryBackend,
} from '../../host/interfaces/blobstore/backends/memory/memory-backend.ts';
import { MemoryRoom } from '../../host/interfaces/blobstore/backends/memory/memory-room.ts';
import { MemoryStore } from '../../host/interfaces/blobstore/backends/memory/memory-store.ts';
import type { BlobSettings } from '../../host/interfaces/blobstore/configuration/blob-settings.ts';
import { ThreadBlobs } from '../../host/interfaces/blobstore/thread-blobs.ts';
import { isInstalled, natsServer, Server, temporaryFolder } from './server.ts';

/** A store of blobs that is removed afterwards. */
export interface BlobPlace extends AsyncDisposable {
  readonly settings: BlobSettings;
}

/** Blobs in the memory of this thread. */
export function memoryBlobs(): MemoryBackend {
  const room = new MemoryRoom();
  const store = new MemoryStore(room, Date.now);
  const call = (method: Parameters<typeof callStore>[2], ...args: readonly unknown[]) =>
    callStore(store, room, method, args);
  return new MemoryBackend(call as CallMemory, room);
}

/** Opens a store as a host does. */
export function openBlobs(settings: BlobSettings, operationTimeout = 5000): ThreadBlobs {
  return new ThreadBlobs(settings, memoryBlobs(), { now: Date.now, operationTimeout, tell() {} });
}

const hasNats = await isInstalled(natsServer);

/** The backends that can be tested here, each with a way to get a store of its own. */
export const blobPlaces: Readonly<Record<string, () => Promise<BlobPlace>>> = {
  in_memory: async () => ({ settings: { kind: 'in_memory' }, async [Symbol.asyncDispose]() {} }),
  filesystem: () => inFolder('filesystem', 'blobs'),
  sqlite: () => inFolder('sqlite', 'blobs.db'),
  ...(hasNats ? { nats: onServer } : {}),
};

async function inFolder(kind: 'filesystem' | 'sqlite', name: string): Promise<BlobPlace> {
  const folder = await temporaryFolder('blobs');
  return {
    settings: { kind, path: join(folder.path, name) },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

async function onServer(): Promise<BlobPlace> {
  const server = await Server.start(natsServer);
  return {
    settings: { kind: 'nats', url: `nats://127.0.0.1:${server.port}` },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
