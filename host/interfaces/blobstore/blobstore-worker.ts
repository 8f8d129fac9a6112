import type { WorkerContext, WorkerPart } from '../../runtime/interface.ts';
import { MemoryBackend } from './backends/memory/memory-backend.ts';
import { MemoryRoom } from './backends/memory/memory-room.ts';
import { BlobGuest } from './blob-guest.ts';
import { blobstore } from './blobstore.ts';
import type { BlobSettings } from './configuration/blob-settings.ts';
import { MemoryCalls } from './memory-calls.ts';
import type { MemoryAnswer, SharedBlobs } from './messages.ts';
import { blobOperations } from './operations.ts';
import { blobstore as wasmcloudBlobstore } from './p3.ts';
import { blobTimeout, ThreadBlobs } from './thread-blobs.ts';

/** Starts `wasi:blobstore` and `wasmcloud:blobstore` on a worker. */
export function startBlobstore(
  { blobs }: { readonly blobs: BlobSettings },
  { clock, shared, interceptor, post, tell }: WorkerContext<SharedBlobs | undefined>,
): WorkerPart {
  const calls = new MemoryCalls(post);
  const memory = new MemoryBackend(calls.make, new MemoryRoom(shared?.total, shared?.own));
  const context = { now: clock.now, operationTimeout: blobTimeout, tell };
  const { store } = new ThreadBlobs(blobs, memory, context);
  return {
    imports(guest) {
      const blobGuest = new BlobGuest({
        store,
        trace: guest.trace.of(blobOperations),
        holdings: guest.holdings,
        interceptor,
        request: () => guest.request,
        tell,
      });
      return { ...blobstore(blobGuest), ...wasmcloudBlobstore(blobGuest) };
    },
    receive: (message: MemoryAnswer) => calls.settle(message),
  };
}
