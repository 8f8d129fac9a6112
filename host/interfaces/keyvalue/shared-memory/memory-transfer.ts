import type { MemoryChange, MemoryEntry } from '../backends/memory/in-memory-bucket.ts';
import type { WorkerBuckets } from './worker-buckets.ts';

/** How much is told at once, in entries and in bytes: what takes a thread about a millisecond. */
const mostEntries = 256;
const mostBytes = 256 * 1024;

/** Tells a thread what the in-memory buckets hold, part by part, while they are used. */
export class MemoryTransfer {
  readonly thread: WorkerBuckets;
  readonly #contents: Iterator<readonly [bucket: string, key: string, entry: MemoryEntry]>;
  readonly #done: () => void;

  /** @param done called when the thread has been told everything, and that the buckets are its own */
  constructor(
    contents: Iterator<readonly [bucket: string, key: string, entry: MemoryEntry]>,
    thread: WorkerBuckets,
    done: () => void,
  ) {
    this.thread = thread;
    this.#contents = contents;
    this.#done = done;
  }

  /** Tells the next part, or that there is none. */
  next(): void {
    const entries: MemoryChange[] = [];
    let bytes = 0;
    while (entries.length < mostEntries && bytes < mostBytes) {
      const { done, value } = this.#contents.next();
      if (done) break;
      const [bucket, key, entry] = value;
      entries.push({ bucket, key, entry, expires: false });
      bytes += entry.value.length;
    }
    if (entries.length > 0) {
      this.thread.post({ type: 'memoryPart', entries });
      return;
    }
    this.thread.fence.grant();
    this.thread.post({ type: 'memoryYours' });
    this.#done();
  }

  /** What was changed meanwhile; it may have been told already, or be told once more. */
  change(change: MemoryChange): void {
    this.thread.post({ type: 'memoryChange', change });
  }
}
