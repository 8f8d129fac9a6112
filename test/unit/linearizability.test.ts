import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer, Call, Operation } from '../../host/interfaces/keyvalue/conformance/history.ts';
import { initialState, nextState } from '../../host/interfaces/keyvalue/conformance/key-model.ts';
import { findViolation } from '../../host/interfaces/keyvalue/conformance/linearizability.ts';
import { timeline } from '../../host/interfaces/keyvalue/conformance/violation-text.ts';

let count = 0;

/** An operation on one key from one moment to another. */
function operation(begun: number, ended: number | undefined, call: Call, answer?: Answer): Operation {
  count += 1;
  const told = ended === undefined ? { failure: 'lost' } : { ended };
  return { id: `o${count}`, key: 'k', call, begun, ...told, ...(answer === undefined ? {} : { answer }) };
}

const set = (value: string): Call => ({ op: 'set', value });
const get: Call = { op: 'get' };
const increment: Call = { op: 'increment', delta: 1 };

describe('what is linearizable', () => {
  test('nothing, and one after the other', () => {
    expect(findViolation([])).toBeUndefined();
    expect(
      findViolation([
        operation(0, 1, get, null),
        operation(2, 3, set('1')),
        operation(4, 5, increment, '2'),
        operation(6, 7, { op: 'delete' }),
        operation(8, 9, get, null),
      ]),
    ).toBeUndefined();
  });

  test('a write that is under way is read by one and not yet by another', () => {
    const history = [
      operation(0, 10, set('1')),
      operation(1, 2, get, null),
      operation(3, 4, get, '1'),
      operation(5, 6, get, '1'),
    ];
    expect(findViolation(history)).toBeUndefined();
  });

  test('a failed write that took effect, late, or never', () => {
    const failed = operation(0, undefined, set('1'));
    expect(findViolation([failed, operation(1, 2, get, null)])).toBeUndefined();
    expect(findViolation([failed, operation(1, 2, get, '1')])).toBeUndefined();
    const late = [operation(1, 2, get, null), operation(30, 31, set('2')), operation(40, 41, get, '1')];
    expect(findViolation([failed, ...late])).toBeUndefined();
  });

  test('a swap after which nobody wrote is made, another is not', () => {
    const one = operation(0, 1, { op: 'look' }, null);
    const other = operation(0, 1, { op: 'look' }, null);
    const swap = (look: Operation, begun: number, answer: boolean) =>
      operation(begun, begun + 5, { op: 'swap', value: look.id, look: look.id }, answer);
    expect(findViolation([one, other, swap(one, 2, true), swap(other, 3, false)])).toBeUndefined();
    expect(findViolation([one, other, swap(one, 2, true), swap(other, 3, true)])).toBeDefined();
  });
});

describe('what is not', () => {
  test('a value from before is read again', () => {
    const history = [operation(0, 10, set('1')), operation(1, 2, get, '1'), operation(3, 4, get, null)];
    expect(findViolation(history)?.culprit.id).toBe(history[2]?.id);
  });

  test('two increments see the same number', () => {
    const history = [operation(0, 10, increment, '1'), operation(0, 11, increment, '1')];
    expect(findViolation(history)?.operations).toHaveLength(2);
  });

  test('a failed increment took effect twice', () => {
    const failed = operation(0, undefined, increment);
    expect(findViolation([failed, operation(2, 3, get, '1'), operation(4, 5, get, '2')])).toBeDefined();
  });

  test('a swap is made although the key went and came again with the same value', () => {
    const look = operation(2, 3, { op: 'look' }, '1');
    const history = [
      operation(0, 1, set('1')),
      look,
      operation(4, 5, { op: 'delete' }),
      operation(6, 7, set('1')),
      operation(8, 9, { op: 'swap', value: '2', look: look.id }, true),
    ];
    expect(findViolation(history)).toBeDefined();
  });

  test('a swap of a value is refused although nobody wrote', () => {
    const look = operation(2, 3, { op: 'look' }, '1');
    const swap = operation(4, 5, { op: 'swap', value: '2', look: look.id }, false);
    expect(findViolation([operation(0, 1, set('1')), look, swap])?.culprit.id).toBe(swap.id);
  });

  test('the report shows what was there, who asked what, and which answer is wrong', () => {
    const history = [
      operation(0, 1000, set('1')),
      operation(2000, 9000, set('2')),
      operation(3000, 5000, get, '2'),
      operation(6000, 7000, get, '1'),
      operation(20_000, 30_000, get, '2'),
    ];
    const violation = findViolation(history);
    const text = violation === undefined ? '' : timeline(violation).replaceAll(/o\d+/g, 'o');
    expect(text.split('\n').map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
      'key "k", which held "1": no order of these operations explains the marked answer',
      ' o set "2" → under way ├──────────────────────────────────────────────…',
      ' o get → "2" ├──────────────────┤',
      ' o get → "1" ├────────┤ ← this one',
      ' (5 µs from left to right)',
    ]);
  });
});

/** What several clients do, as one after the other, each a moment long. */
const calls = fc.array(
  fc.oneof(
    fc.constant(get),
    fc.nat(3).map((value) => set(String(value))),
    fc.constant<Call>({ op: 'delete' }),
    fc.constant(increment),
  ),
  { minLength: 1, maxLength: 40 },
);

/** The history of calls that take effect in this order. */
function inOrder(list: readonly Call[]): Operation[] {
  let state = initialState;
  return list.map((call, index) => {
    const answer = answers(call, state.value);
    const item = operation(index * 10, index * 10 + 1, call, answer);
    state = nextState(state, item) ?? state;
    return item;
  });
}

function answers(call: Call, value: string | null): Answer | undefined {
  if (call.op === 'get') return value;
  return call.op === 'increment' ? String(Number(value ?? 0) + call.delta) : undefined;
}

describe('any history', () => {
  test('is accepted when there is an order, however its operations overlap and fail', () => {
    const spread = fc.array(fc.tuple(fc.nat(35), fc.nat(35), fc.nat(9)), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(calls, spread, (list, spreads) => {
        const history = inOrder(list).map((item, index) => {
          const [earlier = 0, later = 0, fate = 9] = spreads[index] ?? [];
          const { ended = 0, answer, ...rest } = item;
          const begun = item.begun - earlier;
          if (fate <= 2) return { ...rest, begun, failure: 'lost' };
          return { ...item, begun, ended: ended + later };
        });
        expect(findViolation(history)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test('is refused when one answer is stale', () => {
    fc.assert(
      fc.property(calls, fc.nat(), (list, pick) => {
        const history = inOrder([...list, set('one'), set('two'), get]);
        const last = history.length - 1;
        const stale = pick % 2 === 0 ? 'one' : null;
        const read = history[last];
        if (read === undefined) return;
        const wrong = { ...read, answer: stale };
        expect(findViolation([...history.slice(0, last), wrong])?.culprit.id).toBe(read.id);
      }),
      { numRuns: 300 },
    );
  });

  test('is decided within a second where few operations overlap, however long it is', () => {
    const list = Array.from({ length: 400 }, (_, index) =>
      index % 3 === 0 ? set(String(index)) : index % 3 === 1 ? increment : get,
    );
    const history = inOrder(list).map((item, index) => {
      const { ended = 0, answer, ...rest } = item;
      if (index % 50 === 49) return { ...rest, failure: 'lost' };
      return { ...item, begun: item.begun - ((index * 7) % 40), ended: ended + ((index * 11) % 40) };
    });
    const begun = performance.now();
    expect(findViolation(history)).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  test('is given up in words where everything overlaps', () => {
    const history = Array.from({ length: 30 }, (_, value) => operation(0, 1, set(String(value))));
    expect(() => findViolation(history)).toThrow('30 operations are too entangled to be decided');
  });
});
