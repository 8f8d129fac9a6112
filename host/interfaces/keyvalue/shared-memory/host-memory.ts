import {
  type Backend,
  type Bucket,
  type BucketSettings,
  type ChangeListener,
  type CounterType,
  type KeyPage,
  type StopWatching,
  StoreError,
  type Versioned,
} from '../backends/backend.ts';
import type { MemoryAnswer, MemoryCall } from '../messages.ts';

/** How long the thread that has the buckets may take to answer, in milliseconds. */
const longestCall = 5000;

type Call = Omit<MemoryCall, 'type' | 'call'>;
type Watch = (bucket: string, told: ChangeListener) => StopWatching;
type Send = (call: Call, settle: (answer: MemoryAnswer) => void) => void;

/** The in-memory buckets as the main thread uses them: each call goes to the worker that has them. */
export class HostMemory implements Backend {
  readonly #send: Send;
  readonly #buckets: (start: string) => string[];
  readonly #watch: Watch;

  constructor(send: Send, buckets: (start: string) => string[], watch: Watch) {
    this.#send = send;
    this.#buckets = buckets;
    this.#watch = watch;
  }

  open(name: string, settings: BucketSettings): Bucket {
    return new FrontBucket(
      (method, args) => this.#call({ bucket: name, settings, method, args }),
      (told) => this.#watch(name, told),
    );
  }

  buckets(start: string): string[] {
    return this.#buckets(start);
  }

  close(): void {}

  #call(call: Call): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => {
      reject(new StoreError('other', 'the component keeps its thread busy; try again'));
    }, longestCall);
    const settle = ({ value, error }: MemoryAnswer): void => {
      clearTimeout(timer);
      if (error === undefined) resolve(value);
      else reject(new StoreError(error.case, error.message));
    };
    try {
      this.#send(call, settle);
    } catch (error) {
      clearTimeout(timer);
      reject(error);
    }
    return promise;
  }
}

class FrontBucket implements Bucket {
  readonly #call: (method: keyof Bucket, args: readonly unknown[]) => Promise<unknown>;
  readonly watch: (told: ChangeListener) => StopWatching;

  constructor(
    call: (method: keyof Bucket, args: readonly unknown[]) => Promise<unknown>,
    watch: (told: ChangeListener) => StopWatching,
  ) {
    this.#call = call;
    this.watch = watch;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return (await this.#call('get', [key])) as Uint8Array | undefined;
  }

  async set(key: string, value: Uint8Array, ttl?: number): Promise<void> {
    await this.#call('set', [key, transferableCopy(value), ttl]);
  }

  async delete(key: string): Promise<void> {
    await this.#call('delete', [key]);
  }

  async exists(key: string): Promise<boolean> {
    return (await this.#call('exists', [key])) as boolean;
  }

  async listKeys(cursor: string | undefined, prefix?: string): Promise<KeyPage> {
    return (await this.#call('listKeys', [cursor, prefix])) as KeyPage;
  }

  async increment(key: string, delta: bigint, type: CounterType): Promise<bigint> {
    return (await this.#call('increment', [key, delta, type])) as bigint;
  }

  async getVersioned(key: string): Promise<Versioned> {
    return (await this.#call('getVersioned', [key])) as Versioned;
  }

  async setIfVersion(key: string, value: Uint8Array, version: string, ttl?: number): Promise<boolean> {
    return (await this.#call('setIfVersion', [key, transferableCopy(value), version, ttl])) as boolean;
  }

  async written(key: string): Promise<number | undefined> {
    return (await this.#call('written', [key])) as number | undefined;
  }

  async timesLeft(keys: readonly string[]): Promise<readonly (number | undefined)[]> {
    return (await this.#call('timesLeft', [keys])) as readonly (number | undefined)[];
  }

  async getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    return (await this.#call('getMany', [keys])) as readonly (Uint8Array | undefined)[];
  }

  async setMany(pairs: readonly (readonly [key: string, value: Uint8Array])[]): Promise<void> {
    await this.#call('setMany', [pairs.map(([key, value]) => [key, transferableCopy(value)])]);
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await this.#call('deleteMany', [keys]);
  }
}

/** A message takes the whole buffer along that a value is a part of, and so does each change that is told back. */
function transferableCopy(value: Uint8Array): Uint8Array {
  return value.length === value.buffer.byteLength ? value : Uint8Array.from(value);
}
