import type { PeerPart, PoolContext, PoolPart, WorkerPeer } from '../../runtime/interface.ts';
import type { Backend } from './backends/backend.ts';
import { type Position, rememberPosition } from './cursor-table.ts';
import type { SharedKeyvalue } from './keyvalue-worker.ts';
import type { FromWorker, MemoryAnswer, MemoryCall, ToWorker } from './messages.ts';
import { HostMemory } from './shared-memory/host-memory.ts';
import { MemoryOwner } from './shared-memory/memory-owner.ts';
import { WorkerBuckets } from './shared-memory/worker-buckets.ts';

/** `wasi:keyvalue` beside the workers of a host: knows where the in-memory buckets are, and tells workers what others found out. */
export class KeyvaluePool implements PoolPart {
  /** The in-memory buckets of the host, wherever they are. */
  readonly memory: Backend;
  /** Milliseconds since 1970 by the host's clock. */
  readonly now: () => number;
  readonly #owner: MemoryOwner;
  /** Those that get requests, or will; the others need not know what is found out. */
  readonly #current = new Set<WorkerBuckets>();
  readonly #positions = new Map<bigint, Position>();
  #isClosed = false;

  constructor(host: PoolContext) {
    this.now = host.now;
    this.#owner = new MemoryOwner(host.now);
    this.memory = new HostMemory(
      (call, settle) => this.#call(call, settle),
      (start) => this.#owner.buckets(start),
      (bucket, told) => this.#owner.watch(bucket, told),
    );
  }

  open(worker: WorkerPeer): PeerPart {
    const buckets = new WorkerBuckets(worker, (change) => this.#owner.apply(change));
    this.#current.add(buckets);
    const shared: SharedKeyvalue = {
      fence: buckets.fence.buffer,
      changes: buckets.changesEnd,
      positions: [...this.#positions.values()],
    };
    return {
      shared,
      transfer: [buckets.changesEnd.port],
      answered: () => buckets.look(),
      receive: (message: FromWorker) => this.#receive(buckets, message),
      attach: () => this.#owner.attach(buckets),
      detach: () => {
        this.#current.delete(buckets);
        this.#owner.detach(buckets);
      },
      reroute: () => this.#owner.reroute(buckets),
      lose: () => {
        buckets.drain();
        this.#owner.release(buckets);
      },
      end: () => {
        this.#current.delete(buckets);
        buckets.close();
        this.#owner.fail(buckets);
      },
      isAwaited: () => this.#owner.isExpectedOf(buckets),
    };
  }

  close(): void {
    this.#isClosed = true;
  }

  #receive(from: WorkerBuckets, message: FromWorker): void {
    switch (message.type) {
      case 'memoryTaken':
        this.#owner.taken(from);
        return;
      case 'memoryCall':
        this.#owner.call(from, message);
        return;
      case 'memoryAnswer':
        this.#owner.answer(message);
        return;
      case 'position':
        this.#share(from, message.position);
        return;
    }
  }

  /** A worker gave out a position: the others are told before a client can come back with it. */
  #share(from: WorkerBuckets, position: Position): void {
    rememberPosition(this.#positions, position);
    const message: ToWorker = { type: 'positions', positions: [position] };
    for (const worker of this.#current) if (worker !== from) worker.post(message);
  }

  #call(call: Omit<MemoryCall, 'type' | 'call'>, settle: (answer: MemoryAnswer) => void): void {
    if (this.#isClosed) {
      settle({ type: 'memoryAnswer', call: 0, error: { case: 'other', message: 'the host is stopping' } });
      return;
    }
    this.#owner.call({ post: settle }, { type: 'memoryCall', call: 0, ...call });
  }
}
