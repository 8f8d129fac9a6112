import type { Call } from '../../wasi/keyvalue/interceptor.ts';

interface Write {
  /** The request that wrote last: it reads what it wrote. */
  readonly by: number;
  readonly before: Uint8Array | undefined;
}

const writes: readonly string[] = ['set', 'delete', 'increment', 'swap'];

/**
 * What keys held before their last write, for reads that come from a store that is behind. `wasi:keyvalue` lets a
 * guest see an older value, but not one older than what it wrote itself.
 */
export class StaleValues {
  readonly #writes = new Map<string, Write>();

  /** Whether the guest may see an older value there. */
  has(call: Call): boolean {
    const write = this.#writes.get(place(call));
    return write !== undefined && write.by !== call.request;
  }

  /** The older value, or for `exists` whether there was one. */
  read(call: Call): unknown {
    const before = this.#writes.get(place(call))?.before;
    return call.op === 'exists' ? before !== undefined : before;
  }

  /** Looks at a key before it is written. */
  async remember(call: Call): Promise<void> {
    const { op, key, store, request } = call;
    if (key === undefined || store === undefined || !writes.includes(op)) return;
    this.#writes.set(place(call), { by: request, before: await store.get(key) });
  }

  forget(): void {
    this.#writes.clear();
  }
}

function place({ bucket, key }: Call): string {
  return JSON.stringify([bucket, key]);
}
