import { InMemoryBackend } from '../backends/in-memory.ts';
import { answerMemoryCall } from '../guest/answer-memory-call.ts';
import type { MemoryAnswer, MemoryCall, MemoryChange } from '../guest/protocol.ts';
import type { GuestThread } from './guest-thread.ts';
import { type MemoryCaller, MemoryCalls } from './memory-calls.ts';
import { MemoryReplica } from './memory-replica.ts';

/**
 * Where the in-memory buckets are. The only thread of a component has them itself, so that it need not wait, and
 * the front keeps a replica for the thread that comes after it. Where there are several, the front has them, because
 * a thread that computes must not hold up the others.
 */
export class LaneMemory {
  readonly #shared: InMemoryBackend | undefined;
  readonly #replica = new MemoryReplica();
  readonly #calls = new MemoryCalls();
  readonly #owner: () => GuestThread;

  /** @param owner the only thread, where there are not several */
  constructor(threads: number, owner: () => GuestThread) {
    this.#shared = threads === 1 ? undefined : new InMemoryBackend();
    this.#owner = owner;
  }

  /** A thread told of a change. */
  apply(change: MemoryChange): void {
    this.#replica.apply(change);
  }

  /** A thread begins to serve. */
  attach(thread: GuestThread): void {
    if (this.#shared === undefined) thread.post({ type: 'memory', snapshot: this.#replica.snapshot });
    else thread.takeMemory();
  }

  /** Another thread takes over from this one; what is to be done before that one is attached. */
  detach(thread: GuestThread): void {
    thread.takeMemory();
  }

  /** What others wanted of a detached thread's buckets and it has not done goes to the one that took over. */
  reroute(thread: GuestThread): void {
    thread.hear();
    this.#calls.reroute(thread, this.#owner);
  }

  call(from: MemoryCaller, message: MemoryCall): void {
    if (this.#shared === undefined) this.#calls.forward(from, this.#owner(), message);
    else from.post(answerMemoryCall(this.#shared, message));
  }

  answer(message: MemoryAnswer): void {
    this.#calls.answer(message, this.#owner);
  }

  /** Whether others wait for answers of this thread. */
  isExpectedOf(thread: GuestThread): boolean {
    return this.#calls.areExpectedOf(thread);
  }

  /** The thread has ended. */
  fail(thread: GuestThread): void {
    this.#calls.fail(thread);
  }
}
