import type { MemoryEntry, MemorySnapshot } from '../backends/in-memory.ts';
import type { MemoryChange } from '../guest/protocol.ts';

/**
 * The contents of the in-memory buckets, kept by the front so that they outlive a guest thread. Changes arrive
 * one by one, as they are made.
 */
export class MemoryReplica {
  readonly #buckets = new Map<string, Map<string, MemoryEntry>>();

  get snapshot(): MemorySnapshot {
    return this.#buckets;
  }

  apply({ bucket, key, entry }: MemoryChange): void {
    let contents = this.#buckets.get(bucket);
    if (contents === undefined) {
      contents = new Map();
      this.#buckets.set(bucket, contents);
    }
    if (entry === undefined) contents.delete(key);
    else contents.set(key, entry);
  }
}
