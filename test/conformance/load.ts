import { setTimeout as sleep } from 'node:timers/promises';
import type { Bucket } from '../../host/interfaces/keyvalue/backends/backend.ts';
import { StoreError } from '../../host/interfaces/keyvalue/backends/backend.ts';

/** What came of the increments of a bucket. */
export interface Tally {
  acknowledged: number;
  /** Those that may have been done or not. */
  unknown: number;
  refused: number;
  /** The longest that one took, in milliseconds. */
  slowest: number;
}

const tallies = new WeakMap<Bucket, Tally>();

export function tally(bucket: Bucket): Tally {
  const known = tallies.get(bucket) ?? { acknowledged: 0, unknown: 0, refused: 0, slowest: 0 };
  tallies.set(bucket, known);
  return known;
}

/** Clients that increment a key without a pause, until they are told to end. */
export function loadUntil(bucket: Bucket, key: string, clients: number) {
  const count = tally(bucket);
  let isEnding = false;
  const client = async (): Promise<void> => {
    while (!isEnding) {
      const begun = performance.now();
      try {
        await bucket.increment(key, 1n, 's64');
        count.acknowledged += 1;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (error.message.includes('not known')) count.unknown += 1;
        else count.refused += 1;
        await sleep(5);
      }
      count.slowest = Math.max(count.slowest, performance.now() - begun);
    }
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  const until = async (isTrue: () => boolean): Promise<void> => {
    const end = performance.now() + 15_000;
    while (!isTrue()) {
      if (performance.now() > end) throw new Error(`it did not come to that: ${JSON.stringify(count)}`);
      await sleep(10);
    }
  };
  return {
    /** Waits for so many more that are acknowledged. */
    async after(more: number): Promise<void> {
      const goal = count.acknowledged + more;
      await until(() => count.acknowledged >= goal);
    },
    /** Waits until some are refused because the store is away. */
    async failed(): Promise<void> {
      const before = count.refused;
      await until(() => count.refused > before);
    },
    /** Waits until they are acknowledged again. */
    async recovered(): Promise<void> {
      const before = count.acknowledged;
      await until(() => count.acknowledged > before + clients);
    },
    async end(): Promise<void> {
      isEnding = true;
      await all;
    },
  };
}
