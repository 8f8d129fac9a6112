import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import {
  type Backend,
  type Bucket,
  type BucketSettings,
  type CounterType,
  type KeyPage,
  StoreError,
  type Versioned,
} from '../backends/backend.ts';
import type { InMemoryBackend } from '../backends/memory/in-memory.ts';
import type { InMemoryBucket, MemoryChange } from '../backends/memory/in-memory-bucket.ts';
import type { MemoryAnswer, MemoryCall } from '../messages.ts';
import { answerMemoryCall, type MemoryMethod } from './answer-memory-call.ts';
import type { MemoryFence } from './memory-fence.ts';

type Target = Pick<MemoryCall, 'bucket' | 'settings'>;

/** How many changes may be told to the main thread that it has not noted; a guest that writes faster waits. */
const mostUntold = 10_000;

/**
 * The in-memory buckets of a worker. The main thread has them at first, and tells what they hold; then they are the thread's own and
 * answer at once, until the main thread takes them back, because a component keeps this thread busy or has been replaced. While they are
 * not its own, calls go to whoever has them. Where several threads run the component, that is always the main thread.
 */
export class WorkerMemory implements Backend {
  readonly #own: InMemoryBackend;
  readonly #fence: MemoryFence;
  readonly #post: (message: MemoryCall | MemoryAnswer) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #calls = 0;
  /** All of the contents has come. */
  #isWhole = false;
  #told = 0;

  constructor(own: InMemoryBackend, fence: MemoryFence, post: (message: MemoryCall | MemoryAnswer) => void) {
    this.#own = own;
    this.#fence = fence;
    this.#post = post;
  }

  open(name: string, settings: BucketSettings): Bucket {
    return new ThreadBucket(name, settings, () => this.#own.open(name, settings), this);
  }

  close(): void {
    this.#own.close();
  }

  /** A part of the contents, or a change of what has come. */
  take(entries: readonly MemoryChange[]): void {
    for (const entry of entries) this.#own.apply(entry);
  }

  /** All of the contents has come. */
  own(): void {
    this.#isWhole = true;
  }

  /** A change is told to the main thread. */
  countChange(): void {
    this.#told = (this.#told + 1) | 0;
  }

  /** Runs a call on an own bucket, or sends it to the new owner. */
  call<T>(to: Target, method: MemoryMethod, args: readonly unknown[], act: () => T): MaybePromise<T> {
    if (!this.#enter()) return this.#send(to, method, args);
    let value: T;
    try {
      value = act();
    } finally {
      this.#fence.leave();
    }
    return this.#untold > mostUntold ? this.#whenTold(value) : value;
  }

  #enter(): boolean {
    return this.#isWhole && this.#fence.enter();
  }

  get #untold(): number {
    return (this.#told - this.#fence.changesNoted) | 0;
  }

  async #whenTold<T>(value: T): Promise<T> {
    while (this.#untold > mostUntold / 2) await new Promise((resolve) => setTimeout(resolve, 1));
    return value;
  }

  /** Answers a call of a thread that these buckets were taken from. */
  serve(message: MemoryCall): void {
    if (!this.#enter()) {
      this.#post({ type: 'memoryAnswer', call: message.call, moved: true });
      return;
    }
    try {
      this.#post(answerMemoryCall(this.#own, message));
    } finally {
      this.#fence.leave();
    }
  }

  settle({ call, value, error }: MemoryAnswer): void {
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new StoreError(error.case, error.message));
  }

  async #send<T>(to: Target, method: MemoryMethod, args: readonly unknown[]): Promise<T> {
    this.#calls += 1;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#calls, waiting);
    this.#post({ type: 'memoryCall', call: this.#calls, ...to, method, args });
    return (await waiting.promise) as T;
  }
}

class ThreadBucket implements Bucket {
  readonly #target: Target;
  readonly #open: () => InMemoryBucket;
  #opened: InMemoryBucket;
  readonly #memory: WorkerMemory;

  constructor(bucket: string, settings: BucketSettings, open: () => InMemoryBucket, memory: WorkerMemory) {
    this.#target = { bucket, settings };
    this.#open = open;
    this.#opened = open();
    this.#memory = memory;
  }

  get #own(): InMemoryBucket {
    if (this.#opened.isForgotten) this.#opened = this.#open();
    return this.#opened;
  }

  get(key: string): MaybePromise<Uint8Array | undefined> {
    return this.#memory.call(this.#target, 'get', [key], () => this.#own.get(key));
  }

  set(key: string, value: Uint8Array, ttl?: number): MaybePromise<void> {
    const act = () => this.#own.set(key, value, ttl);
    return this.#memory.call(this.#target, 'set', [key, value, ttl], act);
  }

  delete(key: string): MaybePromise<void> {
    return this.#memory.call(this.#target, 'delete', [key], () => this.#own.delete(key));
  }

  exists(key: string): MaybePromise<boolean> {
    return this.#memory.call(this.#target, 'exists', [key], () => this.#own.exists(key));
  }

  listKeys(cursor: string | undefined, prefix?: string): MaybePromise<KeyPage> {
    const act = () => this.#own.listKeys(cursor, prefix);
    return this.#memory.call(this.#target, 'listKeys', [cursor, prefix], act);
  }

  increment(key: string, delta: bigint, type: CounterType): MaybePromise<bigint> {
    const act = () => this.#own.increment(key, delta, type);
    return this.#memory.call(this.#target, 'increment', [key, delta, type], act);
  }

  getVersioned(key: string): MaybePromise<Versioned> {
    return this.#memory.call(this.#target, 'getVersioned', [key], () => this.#own.getVersioned(key));
  }

  setIfVersion(key: string, value: Uint8Array, version: string, ttl?: number): MaybePromise<boolean> {
    const act = () => this.#own.setIfVersion(key, value, version, ttl);
    return this.#memory.call(this.#target, 'setIfVersion', [key, value, version, ttl], act);
  }

  timesLeft(keys: readonly string[]): MaybePromise<readonly (number | undefined)[]> {
    return this.#memory.call(this.#target, 'timesLeft', [keys], () => this.#own.timesLeft(keys));
  }
}
