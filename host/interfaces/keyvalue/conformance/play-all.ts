import { type Bucket, type CounterType, StoreError } from '../backends/backend.ts';
import { bytes } from './bucket-contents.ts';
import type { Answer, Call, Operation } from './history.ts';

/** What a client does next; a swap is a look and then the swap. */
export interface Step {
  readonly key: string;
  readonly op: 'get' | 'set' | 'delete' | 'increment' | 'swap';
  /** The decimal that is set or added. */
  readonly number: number;
}

/** What one client does, one step after the other. */
export interface Client {
  /** Unlike any other of the history. */
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Lets clients loose at the same time, and answers what each of them saw. */
export async function playAll(
  bucket: Bucket,
  clients: readonly Client[],
  type: CounterType,
): Promise<Operation[]> {
  return (await Promise.all(clients.map((client) => play(bucket, client, type)))).flat();
}

async function play(bucket: Bucket, { name, steps }: Client, type: CounterType): Promise<Operation[]> {
  const history: Operation[] = [];
  const record = async (key: string, call: Call, act: () => Promise<Answer | undefined>) => {
    const id = `${name}.${history.length + 1}`;
    const begun = now();
    try {
      const answer = await act();
      history.push({ id, key, call, begun, ended: now(), ...(answer === undefined ? {} : { answer }) });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      history.push({ id, key, call, begun, failure: error.message });
    }
    return id;
  };
  for (const { key, op, number } of steps) {
    const value = String(number);
    switch (op) {
      case 'get':
        await record(key, { op }, async () => textOrNull(await bucket.get(key)));
        break;
      case 'set':
        await record(key, { op, value }, async () => void (await bucket.set(key, bytes(value))));
        break;
      case 'delete':
        await record(key, { op }, async () => void (await bucket.delete(key)));
        break;
      case 'increment':
        await record(key, { op, delta: number }, async () =>
          String(await bucket.increment(key, BigInt(number), type)),
        );
        break;
      case 'swap': {
        let version: string | undefined;
        const look = await record(key, { op: 'look' }, async () => {
          const found = await bucket.getVersioned(key);
          version = found.version;
          return textOrNull(found.value);
        });
        const seen = version;
        if (seen === undefined) break;
        await record(
          key,
          { op, value, look },
          async () => await bucket.setIfVersion(key, bytes(value), seen),
        );
      }
    }
  }
  return history;
}

/** The computer's own clock, which its processes share and nobody sets. */
function now(): number {
  return Number(process.hrtime.bigint());
}

function textOrNull(value: Uint8Array | undefined): string | null {
  return value === undefined ? null : Buffer.from(value).toString();
}
