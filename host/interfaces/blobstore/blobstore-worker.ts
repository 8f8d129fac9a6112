import type { LabelledImport } from '../../engine/decode/labelled-imports.ts';
import type { WorkerContext, WorkerPart } from '../../runtime/interface.ts';
import { MemoryBackend } from './backends/memory/memory-backend.ts';
import { MemoryRoom } from './backends/memory/memory-room.ts';
import { BlobGuest } from './blob-guest.ts';
import { blobstore } from './blobstore.ts';
import type { BlobStores } from './configuration/blob-settings.ts';
import { MemoryCalls } from './memory-calls.ts';
import type { MemoryAnswer, SharedBlobs } from './messages.ts';
import { blobOperations } from './operations.ts';
import { blobstore as wasmcloudBlobstore } from './p3.ts';
import { blobTimeout, ThreadBlobs } from './thread-blobs.ts';

/** Starts `wasi:blobstore` and `wasmcloud:blobstore` on a worker. */
export function startBlobstore(
  { blobs }: { readonly blobs: BlobStores },
  { clock, shared, interceptor, post, tell }: WorkerContext<SharedBlobs | undefined>,
): WorkerPart {
  const calls = new MemoryCalls(post);
  const memory = new MemoryBackend(calls.make, new MemoryRoom(shared?.total, shared?.own));
  const context = { now: clock.now, operationTimeout: blobTimeout, tell };
  const { storeOf } = new ThreadBlobs(blobs, memory, context);
  return {
    imports(guest, own) {
      const blobGuest = new BlobGuest({
        storeOf,
        trace: guest.trace.of(blobOperations),
        holdings: guest.holdings,
        interceptor,
        request: () => guest.request,
        tell,
      });
      const imports = { ...blobstore(blobGuest), ...wasmcloudBlobstore(blobGuest) };
      const labels = own as readonly LabelledImport[];
      if (labels.length === 0) return imports;
      const labelled = labels.map(({ label, interface: name }) => {
        const through = blobGuest.through(label);
        return [label, { ...blobstore(through), ...wasmcloudBlobstore(through) }[name]];
      });
      return { ...imports, ...Object.fromEntries(labelled) };
    },
    receive: (message: MemoryAnswer) => calls.settle(message),
  };
}
