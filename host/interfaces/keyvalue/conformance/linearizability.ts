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
const budget = 100_000;

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

/**
 * The configurations that may be when all operations with an answer have taken effect.
 * @param part in the order of their beginnings
 */
function explain(starts: readonly Configuration[], part: readonly Operation[]): Configuration[] {
  const ends: Configuration[] = [];
  const seen = new Set<string>();
  const search: Position[] = starts.map(({ state, open }) => ({ state, left: open, next: 0 }));
  for (let at = search.pop(); at !== undefined; at = search.pop()) {
    const { state, left, next } = withPossible(at, part);
    const id = `${next} ${stateText(state)} ${left.map((operation) => operation.id).join()}`;
    if (seen.has(id)) continue;
    if (seen.size === budget) throw new Error(`${part.length} operations are too entangled to be decided`);
    seen.add(id);
    const answered = left.filter(({ ended }) => ended !== undefined);
    if (answered.length === 0) {
      ends.push({ state, open: left });
      continue;
    }
    // What never changes anything may as well come as soon as it can.
    const idle = answered.find((one) => changesNothing(one) && nextState(state, one) !== undefined);
    const failed = left.filter(({ ended }) => ended === undefined);
    for (const operation of idle === undefined ? answered : [idle]) {
      const rest = left.filter((other) => other !== operation);
      const after = nextState(state, operation);
      if (after !== undefined) search.push({ state: after, left: rest, next });
      // A failed operation may wait until an answer needs it; a look needs it where it is to outdate older looks.
      if (after !== undefined && operation.call.op !== 'look') continue;
      for (const { state: changed, open } of takeEffect(state, failed)) {
        const later = nextState(changed, operation);
        if (later === undefined) continue;
        const remaining = rest.filter((one) => one.ended !== undefined || open.includes(one));
        search.push({ state: later, left: remaining, next });
      }
    }
  }
  return ends.filter((one) => !ends.some((other) => isMore(other, one)));
}

function changesNothing({ call, answer }: Operation): boolean {
  return call.op === 'get' || (call.op === 'swap' && answer === false);
}

/** How far a search has come. */
interface Position {
  readonly state: KeyState;
  /** Those before `next` that have not taken effect. */
  readonly left: readonly Operation[];
  /** The first operation that was not looked at. */
  readonly next: number;
}

/** Takes up all operations that may be next: those that were begun before any of the others was answered. */
function withPossible({ state, left: before, next: start }: Position, part: readonly Operation[]): Position {
  const left = [...before];
  let next = start;
  let firstEnd = Math.min(...left.map(({ ended = Infinity }) => ended));
  for (let operation = part[next]; operation !== undefined; operation = part[next]) {
    if (operation.begun > firstEnd) break;
    left.push(operation);
    firstEnd = Math.min(firstEnd, operation.ended ?? Infinity);
    next += 1;
  }
  return { state, left, next };
}

/** Every way in which one or more failed operations may have taken effect. */
function takeEffect(start: KeyState, failed: readonly Operation[]): Configuration[] {
  const found: Configuration[] = [];
  const seen = new Set<string>();
  const search: Configuration[] = [{ state: start, open: failed }];
  for (let at = search.pop(); at !== undefined; at = search.pop()) {
    for (const operation of at.open) {
      const state = nextState(at.state, operation);
      if (state === undefined || state === at.state) continue;
      const open = at.open.filter((other) => other !== operation);
      const id = `${stateText(state)} ${open.map((other) => other.id).join()}`;
      if (seen.has(id)) continue;
      seen.add(id);
      found.push({ state, open });
      search.push({ state, open });
    }
  }
  return found;
}

/** Whether one explains all that the other one does, and more: the same state with more left to take effect. */
function isMore(one: Configuration, other: Configuration): boolean {
  return (
    one.open.length > other.open.length &&
    stateText(one.state) === stateText(other.state) &&
    other.open.every((operation) => one.open.includes(operation))
  );
}

/** Stops at the first answer that can't be explained by what was begun until then. */
function shortest(
  key: string,
  starts: readonly Configuration[],
  part: readonly Operation[],
): Violation | undefined {
  const answered = part.filter(({ ended }) => ended !== undefined);
  const candidates = answered.toSorted((a, b) => (a.ended ?? 0) - (b.ended ?? 0));
  const until = ({ ended = 0 }: Operation): Operation[] =>
    part
      .filter(({ begun }) => begun <= ended)
      .map((operation) => ((operation.ended ?? 0) > ended ? underWay(operation) : operation));
  // What an answer makes impossible stays so with all later ones.
  let [low, high] = [0, candidates.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candidate = candidates[middle];
    if (candidate !== undefined && explain(starts, until(candidate)).length > 0) low = middle + 1;
    else high = middle;
  }
  const culprit = candidates[low];
  if (culprit === undefined) return undefined;
  const before = [...new Set(starts.map(({ state }) => state.value))];
  return { key, before, operations: until(culprit), culprit };
}

function underWay({ id, key, call, begun }: Operation): Operation {
  return { id, key, call, begun };
}
