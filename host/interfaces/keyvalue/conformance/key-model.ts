import type { Operation } from './history.ts';

/** What a key is at one moment. */
export interface KeyState {
  readonly value: string | null;
  /** The looks after which nobody has written, by their ids in order. */
  readonly fresh: readonly string[];
}

export const initialState: KeyState = { value: null, fresh: [] };

/** Equal for equal states only. */
export function stateText({ value, fresh }: KeyState): string {
  return `${JSON.stringify(value)} ${fresh.join()}`;
}

/** The state after an operation; `undefined` when it can't have been answered so in this state. */
export function nextState(state: KeyState, operation: Operation): KeyState | undefined {
  const { call, answer } = operation;
  // Without an answer anything may have been answered.
  const fits = (expected: unknown): boolean => answer === undefined || answer === expected;
  switch (call.op) {
    case 'get':
      return fits(state.value) ? state : undefined;
    case 'set':
      return written(call.value);
    case 'delete':
      return state.value === null ? state : written(null);
    case 'increment': {
      const sum = String(BigInt(state.value ?? '0') + BigInt(call.delta));
      return fits(sum) ? written(sum) : undefined;
    }
    case 'look':
      return fits(state.value)
        ? { ...state, fresh: [...state.fresh, lookId(operation.id, state)].sort() }
        : undefined;
    case 'swap': {
      if (state.fresh.includes(call.look)) return fits(true) ? written(call.value) : undefined;
      // A look at no value may be outdated by what happens to other keys, so that its swap is refused.
      if (state.fresh.includes(absent(call.look)) && answer !== false) return written(call.value);
      return fits(false) ? state : undefined;
    }
  }
}

/** No look from before is fresh any more. */
function written(value: string | null): KeyState {
  return { value, fresh: [] };
}

function lookId(id: string, { value }: KeyState): string {
  return value === null ? absent(id) : id;
}

function absent(id: string): string {
  return `${id} at no value`;
}
