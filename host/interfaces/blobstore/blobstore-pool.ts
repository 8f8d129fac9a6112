import type { PeerPart, PoolContext, PoolPart, WorkerPeer } from '../../runtime/interface.ts';
import { type BlobBackend, BlobError } from './backends/backend.ts';
import { callStore } from './backends/memory/call-store.ts';
import { type CallMemory, MemoryBackend } from './backends/memory/memory-backend.ts';
import { MemoryRoom } from './backends/memory/memory-room.ts';
import { MemoryStore } from './backends/memory/memory-store.ts';
import type { MemoryAnswer, MemoryCall, SharedBlobs } from './messages.ts';

/** `wasi:blobstore` beside the workers of a host: has the blobs in memory, which stay while workers come and go. */
export class BlobstorePool implements PoolPart {
  /** The blobs in memory, for the main thread. */
  readonly memory: BlobBackend;
  readonly #room = new MemoryRoom();
  readonly #store: MemoryStore;

  constructor(host: PoolContext) {
    this.#store = new MemoryStore(this.#room, host.now);
    const call = (method: MemoryCall['method'], ...args: readonly unknown[]) =>
      callStore(this.#store, this.#room, method, args);
    this.memory = new MemoryBackend(call as CallMemory, this.#room);
  }

  open(worker: WorkerPeer): PeerPart {
    const room = new MemoryRoom(this.#room.total);
    const shared: SharedBlobs = { total: room.total, own: room.own };
    return {
      shared,
      receive: (message: MemoryCall) => worker.post(this.#answer(message, room)),
      end: () => room.release(),
    };
  }

  #answer({ call, method, args }: MemoryCall, room: MemoryRoom): MemoryAnswer {
    try {
      return { call, value: callStore(this.#store, room, method, args) };
    } catch (error) {
      if (!(error instanceof BlobError)) throw error;
      return { call, error: { case: error.case, message: error.message } };
    }
  }
}
