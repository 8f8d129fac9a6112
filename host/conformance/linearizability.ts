import type { Operation } from './history.ts';
import { initialState, type KeyState, nextState, stateText } from './key-model.ts';

/** The shortest part of a history that no order explains. */
export interface Violation {
  readonly key: string;
  /** What the key may have held when the part began. */
  readonly before: readonly (string | null)[];
  /** In the order of their beginnings; those that had no answer yet when the last one came have none here. */
  readonly operations: readonly Operation[];
  /** The one whose answer can't be explained. */
  readonly culprit: Operation;
}

/** How many configurations are looked at before a history counts as too entangled to decide. */
const budget = 1_000_000;

/** What may be after some operations: what the key holds, and which failed operations may still take effect. */
interface Configuration {
  readonly state: KeyState;
  readonly open: readonly Operation[];
}

/**
 * Looks for a key whose operations no order explains, where each takes effect at one moment between its beginning
 * and its answer, and one that failed does so at any moment from its beginning on, or never. Every key begins
 * without a value. After Wing and Gong, and Lowe: a depth-first search that visits no configuration twice.
 */
export function findViolation(history: readonly Operation[]): Violation | undefined {
  const keys = Map.groupBy(history, ({ key }) => key);
  for (const [key, operations] of keys) {
    let configurations: readonly Configuration[] = [{ state: initialState, open: [] }];
    for (const part of partsOf(operations)) {
      const after = explain(configurations, part);
      if (after.length === 0) return shortest(key, configurations, part);
      configurations = after;
    }
  }
  return undefined;
}

/** Cuts a history where nothing is under way, which keeps each search small. */
function partsOf(operations: readonly Operation[]): Operation[][] {
  const parts: Operation[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const operation of operations.toSorted((a, b) => a.begun - b.begun)) {
    if (operation.begun > end) parts.push([]);
    parts.at(-1)?.push(operation);
    end = Math.max(end, operation.ended ?? end, operation.begun);
  }
  return parts;
}

/** The configurations that may be when all operations with an answer have taken effect. */
function explain(starts: readonly Configuration[], part: readonly Operation[]): Configuration[] {
  const ends = new Map<string, Configuration>();
  const seen = new Set<string>();
  for (const { state, open } of starts) {
    const operations = [...open, ...part];
    const search: { readonly state: KeyState; readonly done: bigint }[] = [{ state, done: 0n }];
    for (let at = search.pop(); at !== undefined; at = search.pop()) {
      const { done } = at;
      const left = operations.filter((_, index) => (done & (1n << BigInt(index))) === 0n);
      const id = `${stateText(at.state)} ${left.map((operation) => operation.id).join()}`;
      if (seen.has(id)) continue;
      if (seen.size === budget) throw new Error(`${part.length} operations are too entangled to be decided`);
      seen.add(id);
      const firstEnd = Math.min(...left.map(({ ended = Infinity }) => ended));
      if (firstEnd === Infinity) {
        // What failed may take effect later just as well, so that it is left for then.
        ends.set(id, { state: at.state, open: left });
        continue;
      }
      for (const [index, operation] of operations.entries()) {
        const bit = 1n << BigInt(index);
        if ((done & bit) !== 0n || operation.begun > firstEnd) continue;
        const next = nextState(at.state, operation);
        if (next !== undefined) search.push({ state: next, done: done | bit });
      }
    }
  }
  return [...ends.values()];
}

/** Stops at the first answer that can't be explained by what was begun until then. */
function shortest(
  key: string,
  starts: readonly Configuration[],
  part: readonly Operation[],
): Violation | undefined {
  const answered = part.filter(({ ended }) => ended !== undefined);
  for (const culprit of answered.toSorted((a, b) => (a.ended ?? 0) - (b.ended ?? 0))) {
    const until = culprit.ended ?? 0;
    const operations = part
      .filter(({ begun }) => begun <= until)
      .map((operation) => ((operation.ended ?? 0) > until ? underWay(operation) : operation));
    if (explain(starts, operations).length > 0) continue;
    const before = [...new Set(starts.map(({ state }) => state.value))];
    return { key, before, operations, culprit };
  }
  return undefined;
}

function underWay({ id, key, call, begun }: Operation): Operation {
  return { id, key, call, begun };
}
