import { setTimeout as sleep } from 'node:timers/promises';
import { boundedMatch } from '../../../shared/bounded-match.ts';
import { StoreError } from '../backends/backend.ts';
import type { Action, Call } from '../interceptor.ts';
import { Chance } from './chance.ts';
import type { FaultSpec } from './fault.ts';
import { FaultCounts } from './fault-counts.ts';
import { StaleValues } from './stale-values.ts';

/** How long a pattern may take on a key, in milliseconds: less than it takes until a thread counts as busy. */
const longestMatch = 400;

/** A fault that happens to an operation. */
interface Hit {
  readonly spec: FaultSpec;
  readonly chance: Chance;
}

/** The faults of a thread, in the order in which they were added. Of several that match, all happen. */
export class Faults {
  #faults: readonly { readonly spec: FaultSpec; readonly counts: FaultCounts }[] = [];
  readonly #stale = new StaleValues();
  readonly #tell: (text: string) => void;

  /** @param tell the host says it to whoever runs the test */
  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  get areThere(): boolean {
    return this.#faults.length > 0;
  }

  replace(specs: readonly FaultSpec[]): void {
    this.#faults = specs.map((spec) => ({ spec, counts: new FaultCounts(spec.counts) }));
    if (!specs.some(({ stale }) => stale)) this.#stale.forget();
  }

  /** Makes an operation as far as the faults let it. */
  async make<T>(call: Call, action: Action<T>): Promise<T> {
    const hits = this.#hits(call);
    for (const { spec, chance } of hits) {
      if (spec.delay !== undefined) await sleep(chance.delay(spec.delay));
    }
    for (const { spec } of hits) {
      const { error, message } = spec;
      if (error !== undefined) throw errorOf(call, error, message);
    }
    const isStale = hits.some(({ spec }) => spec.stale) && this.#stale.has(call);
    if (this.#faults.some(({ spec }) => spec.stale)) await this.#stale.remember(call);
    const result = isStale ? (this.#stale.read(call) as T) : await action(pageSizeOf(hits));
    const dropped = hits.find(({ spec }) => spec.drop !== undefined)?.spec;
    if (dropped !== undefined) {
      const lost = dropped.message ?? 'the answer was lost after the store had done it (a fault of the test)';
      throw errorOf(call, 'other', lost);
    }
    return result;
  }

  #hits(call: Call): Hit[] {
    const hits: Hit[] = [];
    for (const { spec, counts } of this.#faults) {
      if (!this.#matches(spec, counts, call)) continue;
      const count = counts.match();
      if (count <= spec.after) continue;
      const chance = new Chance(`${spec.seed} ${count}`);
      if (chance.happens(spec.probability) && counts.happen(spec.times)) hits.push({ spec, chance });
    }
    return hits;
  }

  /** Throws the error that the component gets where that can't be told. */
  #matches(spec: FaultSpec, counts: FaultCounts, call: Call): boolean {
    const { key } = spec;
    if (!isMeant(spec, call)) return false;
    return (
      key === undefined ||
      call.keys.some((given) => {
        if (typeof key === 'string') return key === given;
        const match = boundedMatch(key, given, longestMatch);
        if ('matches' in match) return match.matches;
        if (counts.undecided === 0) this.#tell(`a fault: ${match.why}`);
        counts.doubt();
        throw new StoreError('other', `${match.why} (a fault of the test)`);
      })
    );
  }
}

/** The smallest one that a fault asks for; undefined where none does. */
function pageSizeOf(hits: readonly Hit[]): number | undefined {
  const sizes = hits.flatMap(({ spec }) => spec.pageSize ?? []);
  return sizes.length === 0 ? undefined : Math.min(...sizes);
}

/** Whether it is about such an operation, whatever its keys are. */
function isMeant({ ops, bucket, stale, pageSize }: FaultSpec, call: Call): boolean {
  if (ops === undefined ? call.op === 'open' : !ops.includes(call.op)) return false;
  if (stale && call.op !== 'get' && call.op !== 'exists') return false;
  if (pageSize !== undefined && call.op !== 'list-keys') return false;
  return bucket === undefined || bucket === call.bucket;
}

function errorOf(
  { op, bucket, keys }: Call,
  error: StoreError['case'],
  message: string | undefined,
): StoreError {
  const [key] = keys;
  const subject =
    key === undefined || keys.length > 1 ? `bucket '${bucket}'` : `key '${key}' in bucket '${bucket}'`;
  return new StoreError(error, message ?? `${op} of ${subject} failed (a fault of the test)`);
}
