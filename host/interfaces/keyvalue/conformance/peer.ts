import type { Backend, Bucket, CounterType } from '../backends/backend.ts';
import { bytes } from './bucket-contents.ts';
import type { Operation } from './history.ts';
import { type Client, playAll } from './play-all.ts';

/** A host with clients of its own, in this process or in another. */
export interface Peer extends AsyncDisposable {
  /** Lets clients loose at the same time, and answers what each of them saw. */
  play(bucket: string, clients: readonly Client[], type: CounterType): Promise<readonly Operation[]>;
  /** Clients add to `n` by increments, and to `m` by swaps, one each time. */
  add(bucket: string, work: Additions): Promise<void>;
}

export interface Additions {
  readonly clients: number;
  readonly increments: number;
  readonly swaps: number;
  readonly type: CounterType;
}

/** A host in this process. */
export class LocalPeer implements Peer {
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async play(name: string, clients: readonly Client[], type: CounterType): Promise<readonly Operation[]> {
    return await playAll(await this.#backend.open(name, {}), clients, type);
  }

  async add(name: string, { clients, increments, swaps, type }: Additions): Promise<void> {
    const bucket = await this.#backend.open(name, {});
    const client = async (): Promise<void> => {
      for (let count = 0; count < increments; count += 1) await bucket.increment('n', 1n, type);
      for (let count = 0; count < swaps; count += 1) await addBySwap(bucket, 'm');
    };
    await Promise.all(Array.from({ length: clients }, client));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#backend.close();
  }
}

async function addBySwap(bucket: Bucket, key: string): Promise<void> {
  for (;;) {
    const { value, version } = await bucket.getVersioned(key);
    const next = Number(Buffer.from(value ?? []).toString() || '0') + 1;
    if (await bucket.setIfVersion(key, bytes(String(next)), version)) return;
  }
}
