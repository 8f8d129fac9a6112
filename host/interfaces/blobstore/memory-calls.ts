import { BlobError } from './backends/backend.ts';
import type { CallMemory } from './backends/memory/memory-backend.ts';
import type { MemoryAnswer, MemoryCall } from './messages.ts';

/** The calls of a worker on the blobs in memory, under way to the main thread, which has them. */
export class MemoryCalls {
  readonly #post: (message: MemoryCall) => void;
  readonly #underWay = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;

  constructor(post: (message: MemoryCall) => void) {
    this.#post = post;
  }

  readonly make = ((method: MemoryCall['method'], ...args: readonly unknown[]) => {
    this.#last += 1;
    const waiting = Promise.withResolvers<unknown>();
    this.#underWay.set(this.#last, waiting);
    this.#post({ call: this.#last, method, args });
    return waiting.promise;
  }) as CallMemory;

  settle({ call, value, error }: MemoryAnswer): void {
    const waiting = this.#underWay.get(call);
    this.#underWay.delete(call);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new BlobError(error.case, error.message));
  }
}
