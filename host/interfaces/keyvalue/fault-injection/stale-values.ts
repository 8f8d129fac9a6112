import type { KeyvalueCall } from '../interceptor.ts';
import { isWrite } from '../operations.ts';

interface Write {
  /** The request that wrote last: it reads what it wrote. */
  readonly by: number;
  readonly before: Uint8Array | undefined;
}

/**
 * What keys held before their last write, for reads that come from a store that is behind. `wasi:keyvalue` lets a
 * guest see an older value, but not one older than what it wrote itself.
 */
export class StaleValues {
  readonly #writes = new Map<string, Write>();

  /** Whether the guest may see an older value there. */
  has(call: KeyvalueCall): boolean {
    const write = this.#write(call);
    return write !== undefined && write.by !== call.request;
  }

  /** The older value, or for `exists` whether there was one. */
  read(call: KeyvalueCall): unknown {
    const before = this.#write(call)?.before;
    return call.op === 'exists' ? before !== undefined : before;
  }

  /** Looks at keys before they are written. */
  async remember({ op, bucket, keys, store, request }: KeyvalueCall): Promise<void> {
    if (store === undefined || !isWrite(op)) return;
    for (const key of keys) {
      this.#writes.set(place(bucket, key), { by: request, before: await store.get(key) });
    }
  }

  forget(): void {
    this.#writes.clear();
  }

  #write({ bucket, keys: [key] }: KeyvalueCall): Write | undefined {
    return key === undefined ? undefined : this.#writes.get(place(bucket, key));
  }
}

function place(bucket: string, key: string): string {
  return JSON.stringify([bucket, key]);
}
