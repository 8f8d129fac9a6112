import { InMemoryBackend } from '../backends/in-memory.ts';
import type { MemoryChange } from '../backends/in-memory-bucket.ts';
import { answerMemoryCall } from '../guest/answer-memory-call.ts';
import type { MemoryAnswer, MemoryCall } from '../guest/protocol.ts';
import type { GuestThread } from './guest-thread.ts';
import { type MemoryCaller, MemoryCalls } from './memory-calls.ts';
import { MemoryTransfer } from './memory-transfer.ts';

/**
 * Where the in-memory buckets are. The only thread of a component has them itself, so that it need not wait, and the front follows
 * each change. When that thread is replaced, the front has them until it has told their contents to the next one, which serves
 * meanwhile. While there are several threads the front has them, because one that computes must not hold up the others.
 */
export class LaneMemory {
  readonly #data: InMemoryBackend;
  readonly #calls = new MemoryCalls();
  /** The thread that has the buckets; absent while the front has. */
  #owner: GuestThread | undefined;
  #transfer: MemoryTransfer | undefined;
  #takings = 0;

  constructor(now: () => number) {
    this.#data = new InMemoryBackend({
      now,
      generation: 'front',
      onChange: (change) => this.#transfer?.change(change),
    });
  }

  /** The buckets whose names begin with a text, as far as threads have told of them. */
  buckets(start: string): string[] {
    return this.#data.buckets(start);
  }

  /** A thread told of a change. */
  apply(change: MemoryChange): void {
    this.#data.apply(change);
  }

  /** The thread is the only one, and is to have the buckets. */
  attach(thread: GuestThread): void {
    this.#transfer = new MemoryTransfer(this.#data.contents(), thread, () => {
      this.#transfer = undefined;
      this.#owner = thread;
    });
    this.#transfer.next();
  }

  /** A thread is to have the buckets no more. */
  detach(thread: GuestThread): void {
    if (this.#owner === thread) thread.takeMemory();
    this.release(thread);
  }

  /** A thread has ended, and with it what it had. */
  release(thread: GuestThread): void {
    if (this.#transfer?.thread === thread) this.#transfer = undefined;
    if (this.#owner !== thread) return;
    this.#owner = undefined;
    this.#takings += 1;
    this.#data.generation = `front ${this.#takings}`;
  }

  /** A thread has taken over what it was told. */
  taken(thread: GuestThread): void {
    if (this.#transfer?.thread === thread) this.#transfer.next();
  }

  /** What others wanted of a detached thread's buckets and it has not done is done by whoever has them now. */
  reroute(thread: GuestThread): void {
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

  /** Whether others wait for answers of this thread. */
  isExpectedOf(thread: GuestThread): boolean {
    return this.#calls.areExpectedOf(thread);
  }

  /** The thread has ended; whoever waits for an answer of it is told so. */
  fail(thread: GuestThread): void {
    this.#calls.fail(thread);
  }
}
