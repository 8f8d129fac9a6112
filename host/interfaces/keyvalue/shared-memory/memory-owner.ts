import type { ChangeListener, StopWatching } from '../backends/backend.ts';
import { InMemoryBackend } from '../backends/memory/in-memory.ts';
import type { MemoryChange } from '../backends/memory/in-memory-bucket.ts';
import type { MemoryAnswer, MemoryCall } from '../messages.ts';
import { answerMemoryCall } from './answer-memory-call.ts';
import { type MemoryCaller, MemoryCalls } from './memory-calls.ts';
import { MemoryTransfer } from './memory-transfer.ts';
import type { WorkerBuckets } from './worker-buckets.ts';

/**
 * Where the in-memory buckets are. The only thread of a component has them itself, so that it need not wait, and the main thread follows
 * each change. When that thread is replaced, the main thread has them until it has told their contents to the next one, which serves
 * meanwhile. While there are several threads the main thread has them, because one that computes must not hold up the others.
 */
export class MemoryOwner {
  readonly #data: InMemoryBackend;
  readonly #calls = new MemoryCalls();
  /** The thread that has the buckets; absent while the main thread has. */
  #owner: WorkerBuckets | undefined;
  #transfer: MemoryTransfer | undefined;
  #takings = 0;
  /** Those who are told of changes, by the names of buckets. */
  readonly #watchers = new Map<string, Set<ChangeListener>>();

  constructor(now: () => number) {
    this.#data = new InMemoryBackend({
      now,
      generation: 'main thread',
      onChange: (change) => {
        this.#transfer?.change(change);
        this.#tell(change);
      },
    });
  }

  /** The buckets whose names begin with a text, as far as threads have told of them. */
  buckets(start: string): string[] {
    return this.#data.buckets(start);
  }

  /** A thread told of a change. */
  apply(change: MemoryChange): void {
    this.#data.apply(change);
    this.#tell(change);
  }

  /** From now on tells of what changes in a bucket. */
  watch(bucket: string, told: ChangeListener): StopWatching {
    // What was done before is told to those who watched then.
    this.#owner?.look();
    const all = this.#watchers.get(bucket) ?? new Set();
    this.#watchers.set(bucket, all.add(told));
    return () => {
      all.delete(told);
      if (all.size === 0 && this.#watchers.get(bucket) === all) this.#watchers.delete(bucket);
    };
  }

  /** The thread is the only one, and is to have the buckets. */
  attach(thread: WorkerBuckets): void {
    this.#transfer = new MemoryTransfer(this.#data.contents(), thread, () => {
      this.#transfer = undefined;
      this.#owner = thread;
    });
    this.#transfer.next();
  }

  /** A thread is to have the buckets no more. */
  detach(thread: WorkerBuckets): void {
    if (this.#owner === thread) thread.take();
    this.release(thread);
  }

  /** A thread has ended, and with it what it had. */
  release(thread: WorkerBuckets): void {
    if (this.#transfer?.thread === thread) this.#transfer = undefined;
    if (this.#owner !== thread) return;
    this.#owner = undefined;
    this.#takings += 1;
    this.#data.generation = `main thread ${this.#takings}`;
  }

  /** A thread has taken over what it was told. */
  taken(thread: WorkerBuckets): void {
    if (this.#transfer?.thread === thread) this.#transfer.next();
  }

  /** What others wanted of a detached thread's buckets and it has not done is done by whoever has them now. */
  reroute(thread: WorkerBuckets): void {
    thread.hear();
    for (const { from, message } of this.#calls.take(thread)) this.call(from, message);
  }

  call(from: MemoryCaller, message: MemoryCall): void {
    if (this.#owner === undefined) from.post(answerMemoryCall(this.#data, message));
    else this.#calls.forward(from, this.#owner, message);
  }

  answer(answer: MemoryAnswer): void {
    const call = this.#calls.settle(answer);
    if (call === undefined) return;
    if (answer.moved === true) this.call(call.from, call.message);
    else call.from.post({ ...answer, call: call.message.call });
  }

  #tell({ bucket, key }: MemoryChange): void {
    if (this.#watchers.size === 0) return;
    for (const watcher of this.#watchers.get(bucket) ?? []) watcher.changed(key);
  }

  /** Whether others wait for answers of this thread. */
  isExpectedOf(thread: WorkerBuckets): boolean {
    return this.#calls.areExpectedOf(thread);
  }

  /** The thread has ended; whoever waits for an answer of it is told so. */
  fail(thread: WorkerBuckets): void {
    this.#calls.fail(thread);
  }
}
