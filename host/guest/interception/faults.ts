import { setTimeout as sleep } from 'node:timers/promises';
import { type MaybePromise, StoreError } from '../../backends/backend.ts';
import type { Call } from '../../wasi/keyvalue/interceptor.ts';
import type { RandomSource } from '../../wasi/random.ts';
import type { FaultSpec } from './fault.ts';
import { StaleValues } from './stale-values.ts';

interface Counted {
  spec: FaultSpec;
  /** How many operations have matched. */
  matched: number;
  /** How many of them it happened to. */
  happened: number;
}

/** The faults of a thread, in the order in which they were added. Of several that match, all happen. */
export class Faults {
  #faults: Counted[] = [];
  readonly #random: RandomSource;
  readonly #stale = new StaleValues();
  readonly #onHit: (id: number) => void;

  /** @param random decides where a probability does; seeded, so that a failing run repeats */
  constructor(random: RandomSource, onHit: (id: number) => void) {
    this.#random = random;
    this.#onHit = onHit;
  }

  get areThere(): boolean {
    return this.#faults.length > 0;
  }

  /** Those that were there before go on counting. */
  replace(specs: readonly FaultSpec[]): void {
    this.#faults = specs.map((spec) => {
      const known = this.#faults.find((fault) => fault.spec.id === spec.id);
      return known ?? { spec, matched: 0, happened: 0 };
    });
    if (!specs.some(({ stale }) => stale)) this.#stale.forget();
  }

  /** Makes an operation as far as the faults let it. */
  async make<T>(call: Call, action: () => MaybePromise<T>): Promise<T> {
    const hits = this.#faults.filter((fault) => this.#happens(fault, call)).map(({ spec }) => spec);
    for (const { delay } of hits) if (delay !== undefined) await sleep(this.#between(delay));
    for (const { error, message, drop } of hits) {
      if (error !== undefined && drop === undefined) throw errorOf(call, error, message);
    }
    const isStale = hits.some(({ stale }) => stale) && this.#stale.has(call);
    if (this.#faults.some(({ spec }) => spec.stale)) await this.#stale.remember(call);
    const result = isStale ? (this.#stale.read(call) as T) : await action();
    const dropped = hits.find(({ drop }) => drop !== undefined);
    if (dropped !== undefined) {
      const lost = dropped.message ?? 'the answer was lost after the store had done it (a fault of the test)';
      throw errorOf(call, dropped.error ?? 'other', lost);
    }
    return result;
  }

  /** The smallest page that a fault asks for; undefined where none does. */
  pageSizeOf(bucket: string): number | undefined {
    const sizes = this.#faults.flatMap(({ spec }) =>
      spec.pageSize !== undefined && (spec.bucket ?? bucket) === bucket ? [spec.pageSize] : [],
    );
    return sizes.length === 0 ? undefined : Math.min(...sizes);
  }

  #happens(fault: Counted, call: Call): boolean {
    const { spec } = fault;
    if (!matches(spec, call)) return false;
    fault.matched += 1;
    if (fault.matched <= spec.after || fault.happened >= spec.times) return false;
    if (spec.probability < 1 && this.#fraction() >= spec.probability) return false;
    fault.happened += 1;
    this.#onHit(spec.id);
    return true;
  }

  #between([least, most]: readonly [number, number]): number {
    return least === most ? least : least + (most - least) * this.#fraction();
  }

  #fraction(): number {
    return this.#random(4).readUInt32LE() / 2 ** 32;
  }
}

function matches({ ops, bucket, key, stale, pageSize }: FaultSpec, call: Call): boolean {
  if (ops === undefined ? call.op === 'open' : !ops.includes(call.op)) return false;
  if (stale && call.op !== 'get' && call.op !== 'exists') return false;
  if (pageSize !== undefined && call.op !== 'list-keys') return false;
  if (bucket !== undefined && bucket !== call.bucket) return false;
  if (key === undefined) return true;
  if (call.key === undefined) return false;
  if (typeof key === 'string') return key === call.key;
  key.lastIndex = 0;
  return key.test(call.key);
}

function errorOf(
  { op, bucket, key }: Call,
  error: StoreError['case'],
  message: string | undefined,
): StoreError {
  const subject = key === undefined ? `bucket '${bucket}'` : `key '${key}' in bucket '${bucket}'`;
  return new StoreError(error, message ?? `${op} of ${subject} failed (a fault of the test)`);
}
