import { seededRandom } from '../../shared/random.ts';
import type { Delay } from './fault.ts';

/** How many standard deviations the 99th percentile of a normal distribution is above its middle. */
const p99 = 2.326_347_874;

/** What chance decides about one operation: the same for the same seed, whatever was decided before. */
export class Chance {
  readonly #seed: string;
  #bytes: Buffer | undefined;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** Whether what happens to this part of the operations happens to this one. @param probability from 0 to 1 */
  happens(probability: number): boolean {
    return probability >= 1 || this.#fraction(0) < probability;
  }

  /** Milliseconds. */
  delay(delay: Delay): number {
    if ('least' in delay) return delay.least + (delay.most - delay.least) * this.#fraction(1);
    const normal =
      Math.sqrt(-2 * Math.log(1 - this.#fraction(1))) * Math.cos(2 * Math.PI * this.#fraction(2));
    return delay.median * (delay.p99 / delay.median) ** (normal / p99);
  }

  /** From 0 to below 1. */
  #fraction(index: number): number {
    this.#bytes ??= seededRandom(this.#seed)(3 * 4);
    return this.#bytes.readUInt32LE(index * 4) / 2 ** 32;
  }
}
