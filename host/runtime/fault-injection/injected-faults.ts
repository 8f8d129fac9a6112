import { setTimeout as sleep } from 'node:timers/promises';
import { boundedMatch } from '../../shared/bounded-match.ts';
import { Chance } from './chance.ts';
import type { FaultSpec } from './fault.ts';
import { FaultCounts } from './fault-counts.ts';
import type { Action, Call, OwnEffects } from './interceptor.ts';

/** How long a pattern may take on an item, in milliseconds: less than it takes until a thread counts as busy. */
const longestMatch = 400;

/** A fault that happens to an operation. */
interface Hit {
  readonly spec: FaultSpec;
  readonly chance: Chance;
}

/** The faults of a thread, in the order in which they were added. Of several that match, all happen. */
export class InjectedFaults {
  #faults: readonly { readonly spec: FaultSpec; readonly counts: FaultCounts }[] = [];
  readonly #listeners: ((effects: readonly OwnEffects[]) => void)[] = [];
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
    const effects = specs.flatMap(({ own }) => (own === undefined ? [] : [own]));
    for (const listener of this.#listeners) listener(effects);
  }

  /** See `Interceptor`. */
  onFaults(listener: (effects: readonly OwnEffects[]) => void): void {
    this.#listeners.push(listener);
  }

  /** Makes an operation as far as the faults let it. */
  async make<T>(call: Call, action: Action<T>): Promise<T> {
    const hits = this.#hits(call);
    for (const { spec, chance } of hits) {
      if (spec.delay !== undefined) await sleep(chance.delay(spec.delay));
    }
    for (const { spec } of hits) {
      const { error, message } = spec;
      if (error !== undefined) throw call.failure(error, message ?? failureText(call));
    }
    const result = await action(hits.flatMap(({ spec: { own } }) => (own === undefined ? [] : [own])));
    const dropped = hits.find(({ spec }) => spec.drop !== undefined)?.spec;
    if (dropped !== undefined) {
      const lost = dropped.message ?? 'the answer was lost after the store had done it (a fault of the test)';
      throw call.failure(undefined, lost);
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
    const { item } = spec;
    if (!isMeant(spec, call)) return false;
    return (
      item === undefined ||
      call.items.some((given) => {
        if (typeof item === 'string') return item === given;
        const match = boundedMatch(item, given, longestMatch);
        if ('matches' in match) return match.matches;
        if (counts.undecided === 0) this.#tell(`a fault: ${match.why}`);
        counts.doubt();
        throw call.failure(undefined, `${match.why} (a fault of the test)`);
      })
    );
  }
}

/** Whether it is about such an operation, whatever its items are. */
function isMeant(spec: FaultSpec, { operation, target }: Call): boolean {
  if (spec.interface !== operation.interface) return false;
  const { operations } = spec;
  if (operations === undefined ? operation.effect === 'open' : !operations.includes(operation.name))
    return false;
  if (spec.targetStart !== undefined && !target.startsWith(spec.targetStart)) return false;
  return spec.target === undefined || spec.target === target;
}

function failureText({ operation, target, items }: Call): string {
  const { name, targetName, itemName } = operation;
  const [item] = items;
  const part = item === undefined || items.length > 1 ? '' : `${itemName} '${item}' in `;
  return `${name} of ${part}${targetName} '${target}' failed (a fault of the test)`;
}
