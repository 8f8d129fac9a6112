import { type Bucket, StoreError } from '../backends/backend.ts';
import type { InMemoryBackend } from '../backends/memory/in-memory.ts';
import type { MemoryAnswer, MemoryCall } from '../messages.ts';

/** The calls of a bucket, by name. */
export type MemoryMethod = Exclude<
  keyof Bucket,
  'getMany' | 'setMany' | 'deleteMany' | 'largestValue' | 'watch'
>;

/** Makes a call that came as a message on the in-memory buckets that are here. */
export function answerMemoryCall(
  memory: InMemoryBackend,
  { call, bucket, settings, method, args }: MemoryCall,
): MemoryAnswer {
  try {
    const opened = memory.open(bucket, settings);
    const value: unknown = Reflect.apply(opened[method as MemoryMethod], opened, args);
    return { type: 'memoryAnswer', call, value };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { type: 'memoryAnswer', call, error: { case: error.case, message: error.message } };
  }
}
