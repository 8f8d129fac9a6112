import { parentPort, workerData } from 'node:worker_threads';
import { InMemoryBackend } from '../backends/in-memory.ts';
import { enableJspi } from '../jspi.ts';
import { filesystem } from '../wasi/filesystem.ts';
import { CursorTable } from '../wasi/keyvalue/cursor-table.ts';
import { loadGlue } from './instance.ts';
import type { FromGuest, GuestSetup, MemoryChange, ToGuest } from './protocol.ts';
import { Requests } from './requests.ts';
import { ThreadStores } from './stores.ts';
import { ThreadControl } from './thread-control.ts';
import { ThreadMemory } from './thread-memory.ts';

/** The entry of a guest thread: it holds the component's instances and the open stores. */
const port = parentPort;
if (port === null) throw new Error('guest/thread runs as a worker thread only');

const setup = workerData as GuestSetup;
const control = new ThreadControl(setup.control);
const post = (message: FromGuest, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

enableJspi();
const memory = new ThreadMemory(
  new InMemoryBackend({
    snapshot: setup.memory,
    generation: setup.generation,
    onChange: (bucket, key, entry) =>
      setup.changes.postMessage({ bucket, key, entry } satisfies MemoryChange),
  }),
  control,
  post,
);
const requests = new Requests(
  {
    setup,
    glue: await loadGlue(setup.glue),
    stores: new ThreadStores(setup.keyvalue, memory, {
      now: Date.now,
      operationTimeout: 5000,
      tell: (text) => post({ type: 'tell', text }),
    }),
    cursors: new CursorTable(),
    filesystem: await filesystem(setup.volumes),
    print: (id, stream, bytes) => post({ type: 'print', id, stream, bytes }),
  },
  post,
);

port.on('message', (message: ToGuest) => {
  switch (message.type) {
    case 'request':
      if (control.begin(message.id)) requests.begin(message);
      else post({ type: 'skipped', id: message.id });
      return;
    case 'body':
      requests.get(message.id)?.body.push(message.bytes);
      return;
    case 'bodyEnd':
      requests.get(message.id)?.body.end(message.trailers);
      return;
    case 'acknowledge':
      requests.get(message.id)?.response.acknowledge(message.bytes);
      return;
    case 'abort':
      requests.abort(message.id, message.reason);
      return;
    case 'ping':
      post({ type: 'pong' });
      return;
    case 'memoryCall':
      void memory.serve(message);
      return;
    case 'memoryAnswer':
      memory.settle(message);
      return;
  }
});
post({ type: 'ready' });
