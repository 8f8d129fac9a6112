import {
  type Backend,
  type Bucket,
  type BucketSettings,
  type CounterType,
  type KeyPage,
  type MaybePromise,
  StoreError,
  type Versioned,
} from '../backends/backend.ts';
import type { InMemoryBackend, InMemoryBucket } from '../backends/in-memory.ts';
import { answerMemoryCall, type MemoryMethod } from './answer-memory-call.ts';
import type { MemoryAnswer, MemoryCall } from './protocol.ts';
import type { ThreadControl } from './thread-control.ts';

type Target = Pick<MemoryCall, 'bucket' | 'settings'>;

/**
 * The in-memory buckets of a guest thread. They are its own and answer at once until the front gives them to
 * another thread, because a component keeps this one busy or has been replaced; from then on calls go to their new
 * owner. Where several threads run the component, the front has the buckets from the start.
 */
export class ThreadMemory implements Backend {
  readonly #own: InMemoryBackend;
  readonly #control: ThreadControl;
  readonly #post: (message: MemoryCall | MemoryAnswer) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #calls = 0;

  constructor(
    own: InMemoryBackend,
    control: ThreadControl,
    post: (message: MemoryCall | MemoryAnswer) => void,
  ) {
    this.#own = own;
    this.#control = control;
    this.#post = post;
  }

  open(name: string, settings: BucketSettings): Bucket {
    return new ThreadBucket(name, settings, this.#own.open(name, settings), this);
  }

  close(): void {
    this.#own.close();
  }

  /** Runs a call on an own bucket, or sends it to the new owner. */
  call<T>(to: Target, method: MemoryMethod, args: readonly unknown[], act: () => T): MaybePromise<T> {
    if (!this.#control.enter()) return this.#send(to, method, args);
    try {
      return act();
    } finally {
      this.#control.leave();
    }
  }

  /** Answers a call of a thread that these buckets were taken from. */
  serve(message: MemoryCall): void {
    if (!this.#control.enter()) {
      this.#post({ type: 'memoryAnswer', call: message.call, moved: true });
      return;
    }
    try {
      this.#post(answerMemoryCall(this.#own, message));
    } finally {
      this.#control.leave();
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
  readonly #own: InMemoryBucket;
  readonly #memory: ThreadMemory;

  constructor(bucket: string, settings: BucketSettings, own: InMemoryBucket, memory: ThreadMemory) {
    this.#target = { bucket, settings };
    this.#own = own;
    this.#memory = memory;
  }

  get(key: string): MaybePromise<Uint8Array | undefined> {
    return this.#memory.call(this.#target, 'get', [key], () => this.#own.get(key));
  }

  set(key: string, value: Uint8Array): MaybePromise<void> {
    return this.#memory.call(this.#target, 'set', [key, value], () => this.#own.set(key, value));
  }

  delete(key: string): MaybePromise<void> {
    return this.#memory.call(this.#target, 'delete', [key], () => this.#own.delete(key));
  }

  exists(key: string): MaybePromise<boolean> {
    return this.#memory.call(this.#target, 'exists', [key], () => this.#own.exists(key));
  }

  listKeys(cursor: string | undefined): MaybePromise<KeyPage> {
    return this.#memory.call(this.#target, 'listKeys', [cursor], () => this.#own.listKeys(cursor));
  }

  increment(key: string, delta: bigint, type: CounterType): MaybePromise<bigint> {
    const act = () => this.#own.increment(key, delta, type);
    return this.#memory.call(this.#target, 'increment', [key, delta, type], act);
  }

  getVersioned(key: string): MaybePromise<Versioned> {
    return this.#memory.call(this.#target, 'getVersioned', [key], () => this.#own.getVersioned(key));
  }

  setIfVersion(key: string, value: Uint8Array, version: string): MaybePromise<boolean> {
    const act = () => this.#own.setIfVersion(key, value, version);
    return this.#memory.call(this.#target, 'setIfVersion', [key, value, version], act);
  }
}
