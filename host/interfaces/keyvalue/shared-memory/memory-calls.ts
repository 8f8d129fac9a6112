import type { MemoryAnswer, MemoryCall } from '../messages.ts';
import type { WorkerBuckets } from './worker-buckets.ts';

/** Who asked: a worker, or the main thread itself. */
export interface MemoryCaller {
  post(answer: MemoryAnswer): void;
}

interface UnderWay {
  readonly from: MemoryCaller;
  readonly to: WorkerBuckets;
  readonly message: MemoryCall;
}

/** The calls on in-memory buckets by whoever does not have them, under way to the thread that has. */
export class MemoryCalls {
  readonly #underWay = new Map<number, UnderWay>();
  #last = 0;

  forward(from: MemoryCaller, to: WorkerBuckets, message: MemoryCall): void {
    this.#last += 1;
    this.#underWay.set(this.#last, { from, to, message });
    to.post({ ...message, call: this.#last });
  }

  /** The call that this is the answer to; nobody waits for it any more where there is none. */
  settle(answer: MemoryAnswer): Pick<UnderWay, 'from' | 'message'> | undefined {
    const call = this.#underWay.get(answer.call);
    this.#underWay.delete(answer.call);
    return call;
  }

  /** The calls of which a thread has done nothing; they are forgotten here. */
  take(thread: WorkerBuckets): Pick<UnderWay, 'from' | 'message'>[] {
    const taken: UnderWay[] = [];
    for (const [id, call] of this.#underWay) {
      if (call.to !== thread) continue;
      this.#underWay.delete(id);
      taken.push(call);
    }
    return taken;
  }

  /** Whether others wait for answers of this thread. */
  areExpectedOf(thread: WorkerBuckets): boolean {
    return [...this.#underWay.values()].some(({ to }) => to === thread);
  }

  /** The thread has ended; whoever waits for an answer of it is told so. */
  fail(thread: WorkerBuckets): void {
    for (const [id, { from, to, message }] of this.#underWay) {
      if (to !== thread) continue;
      this.#underWay.delete(id);
      const error = { case: 'other', message: 'the thread that has the bucket ended; try again' } as const;
      from.post({ type: 'memoryAnswer', call: message.call, error });
    }
  }
}
