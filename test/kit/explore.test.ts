import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Choice, Step } from '../../host/runtime/fault-injection/schedule.ts';
import { Schedules } from '../../host/testing/explore/schedules.ts';
import { shortest } from '../../host/testing/explore/shorter-failures.ts';
import { backends, type Exploration, ExplorationError, explore } from '../../host/testing.ts';
import { component, root } from '../support/kvasi-process.ts';
import { rounds } from '../support/rounds.ts';

/** Requests that count at once, which must not lose one. */
function counting(path: string, requests: number): Exploration {
  return {
    component: component('kv-race'),
    requests: Array.from({ length: requests }, () => [`${path}/n`, { method: 'POST' }] as const),
    async check(host) {
      expect(await host.bucket('counters').getText('n')).toBe(String(requests));
    },
  };
}

async function failureOf(exploration: Exploration): Promise<ExplorationError> {
  const failure = await explore(exploration).catch((error: unknown) => error);
  if (failure instanceof ExplorationError) return failure;
  throw failure;
}

test('a lost update is found in under ten seconds, with the operations that lead to it', async () => {
  const started = performance.now();
  const failure = await failureOf(counting('/race', 2));
  expect(performance.now() - started).toBeLessThan(10_000);
  const other = failure.timeline[0]?.startsWith('request 1') ? [1, 2] : [2, 1];
  expect(failure.timeline).toEqual([
    `request ${other[0]}  POST /race/n  get counters/n → (no value)`,
    `request ${other[1]}  POST /race/n  get counters/n → (no value)`,
    `request ${other[1]}  POST /race/n  set counters/n "1"`,
    `request ${other[0]}  POST /race/n  set counters/n "1"`,
  ]);
  expect(failure.message).toContain('expected');
});

test('docs/testing.md shows what is found', async () => {
  const shown = (await readFile(join(root, 'docs/testing.md'), 'utf8')).match(
    /^ {4}this order of operations[\s\S]+?replay: .*$/m,
  );
  const failure = await failureOf({
    ...counting('/race', 0),
    requests: Array.from({ length: 2 }, () => ['/race/visits', { method: 'POST' }] as const),
    async check(host) {
      expect(await host.bucket('counters').getText('visits')).toBe('2');
    },
  });
  expect(failure.message).toBe(shown?.[0].replaceAll(/^ {4}/gm, ''));
});

test.for(await backends('filesystem', 'sqlite', 'redis', 'nats'))(
  'it is the same on %s',
  async (given, { skip }) => {
    if (given.missing !== undefined) skip(given.missing);
    await using backend = given;
    const keyvalue = { default: { ...(await backend.entry()) } };
    const failure = await failureOf({ ...counting('/race', 2), keyvalue });
    expect(failure.timeline).toHaveLength(4);
    expect(await explore({ ...counting('/cas', 2), keyvalue })).toEqual({
      interleavings: 6,
      isExhausted: true,
    });
  },
);

test('what was found is found again, by its schedule and by the seed', async () => {
  const failure = await failureOf(counting('/race', 3));
  const replayed = await failureOf({ ...counting('/race', 3), replay: failure.schedule });
  expect(replayed.timeline).toEqual(failure.timeline);
  expect(replayed.interleavings).toBe(1);
  const again = await failureOf(counting('/race', 3));
  expect([again.timeline, again.interleavings]).toEqual([failure.timeline, failure.interleavings]);
});

test('every interleaving of two that swap is right', async () => {
  const explored = await explore(counting('/cas', 2));
  expect(explored.isExhausted).toBe(true);
  expect(explored.interleavings).toBeGreaterThanOrEqual(6);
});

test('interleavings of four that swap are right, however many are tried', { timeout: 300_000 }, async () => {
  expect(await explore({ ...counting('/cas', 4), interleavings: rounds.interleavings })).toEqual({
    interleavings: rounds.interleavings,
    isExhausted: false,
  });
});

test('buckets are filled before each run, and the answers are there to look at', async () => {
  const seen: string[] = [];
  await explore({
    ...counting('/race', 1),
    before: (host) => host.bucket('counters').set('n', '41'),
    async check(_host, responses) {
      for (const response of responses) seen.push(await response.text());
    },
  });
  expect(seen).toEqual(['42\n']);
});

test('a lost update of two is found among many requests', async () => {
  const failure = await failureOf(counting('/race', 7));
  expect(failure.interleavings).toBeLessThan(100);
  const changes = failure.schedule.filter(
    (request, index) => index > 0 && request !== failure.schedule[index - 1],
  );
  expect(changes.length, 'one after the other, but for two').toBeLessThanOrEqual(7);
});

test('a swap that is refused shows what it met', async () => {
  const failure = await failureOf({
    ...counting('/cas', 2),
    check(host) {
      expect(host.operations().filter(({ op, hit }) => op === 'swap' && hit === false)).toEqual([]);
    },
  });
  const operations = failure.timeline.map((line) => line.replace(/^request . {2}POST \/cas\/n {2}/, ''));
  expect(operations).toEqual([
    'cas.new counters/n → (no value)',
    'cas.new counters/n → (no value)',
    'swap counters/n "1" → done',
    'swap counters/n "1" → refused, it is "1"',
    'swap counters/n "2" → done',
  ]);
});

test('faults are part of what is explored, and happen again in a replay', async () => {
  const exploration: Exploration = {
    ...counting('/cas', 2),
    seed: 3,
    before: (host) => void host.faults.add({ op: 'swap', probability: 0.5, error: 'other' }),
    check: (_host, responses) => expect(responses.map(({ status }) => status)).toEqual([200, 200]),
  };
  const failure = await failureOf(exploration);
  expect(failure.message).toContain(
    "→ failed: swap of key 'n' in bucket 'counters' failed (a fault of the test)",
  );
  const replayed = await failureOf({ ...exploration, replay: failure.schedule });
  expect(replayed.timeline).toEqual(failure.timeline);
});

test.each([
  [
    ['/trap-late', '/trap', '/status/200'],
    [0, 500, 200],
  ],
  [
    ['/loop', '/status/200'],
    [504, 200],
  ],
])('a component that misbehaves is there to be judged: %j', async (requests, expected) => {
  const statuses: number[][] = [];
  await explore({
    component: component('misbehave'),
    requests,
    // Longer than a busy machine needs to start a thread.
    requestTimeout: '3s',
    interleavings: 1,
    check: (_host, responses) => void statuses.push(responses.map(({ status }) => status)),
  });
  expect(statuses).toEqual([expected]);
});

/** Tries all interleavings of requests with so many operations each that no other request changes. */
function ordersOf(operations: readonly number[], fraction: () => number, where: 'fewest' | 'any'): string[] {
  const schedules = new Schedules(fraction);
  const tried: string[] = [];
  for (let first = schedules.next(where); first !== undefined; first = schedules.next(where)) {
    const left = [...operations];
    const choices: Choice[] = [];
    let last = 0;
    while (left.some((count) => count > 0)) {
      const enabled = [...left.keys()].filter((request) => left[request] !== 0);
      const wanted = first[choices.length] ?? last;
      const chosen = enabled.find((request) => request === wanted) ?? enabled[0] ?? 0;
      left[chosen] = (left[chosen] ?? 0) - 1;
      choices.push({ enabled, chosen });
      last = chosen;
    }
    tried.push(choices.map(({ chosen }) => chosen).join(''));
    schedules.ran(choices);
  }
  return tried;
}

test('each interleaving is tried once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
      fc.constantFrom('fewest' as const, 'any' as const),
      (operations, fractions, where) => {
        const tried = ordersOf(operations, () => fractions.next().value ?? 0, where);
        const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
        const all = operations.reduce((sum, count) => sum + count, 0);
        const orders = factorial(all) / operations.reduce((product, count) => product * factorial(count), 1);
        expect(tried).toHaveLength(orders);
        expect(new Set(tried).size).toBe(orders);
      },
    ),
    { numRuns: 50 },
  );
});

test('those that change little come first, also where there are many requests', () => {
  const tried = ordersOf([2, 2, 2, 2], () => 0, 'fewest');
  expect(tried[0]).toBe('00112233');
  const changes = tried.map(
    (order) => [...order].filter((request, at) => at > 0 && request !== order[at - 1]).length,
  );
  expect(Math.max(...changes.slice(0, 20))).toBeLessThanOrEqual(5);
  expect(changes.at(-1)).toBeGreaterThan(5);
});

test('a failure is made shorter', async () => {
  // Three requests of four operations each; wrong where request 2 begins after request 0 did, and before it ends.
  const run = (first: readonly number[]): Step[] => {
    const left = [4, 4, 4];
    const steps: Step[] = [];
    for (let last = 0; left.some((count) => count > 0); ) {
      const enabled = [0, 1, 2].filter((request) => left[request] !== 0);
      const wanted = first[steps.length] ?? last;
      const chosen = enabled.find((request) => request === wanted) ?? enabled[0] ?? 0;
      left[chosen] = (left[chosen] ?? 0) - 1;
      steps.push({ turn: steps.length, enabled, chosen, text: '' });
      last = chosen;
    }
    return steps;
  };
  const fails = async (first: readonly number[]) => {
    const steps = run(first);
    const order = steps.map(({ chosen }) => chosen);
    const isWrong = order.indexOf(0) < order.indexOf(2) && order.indexOf(2) < order.lastIndexOf(0);
    return isWrong ? { steps, cause: 'overlap' } : undefined;
  };
  const found = await fails([0, 1, 2, 0, 1, 2, 0, 2, 1, 2, 0, 1]);
  if (found === undefined) throw new Error('it has to fail');
  const { steps } = await shortest(found, fails, 200);
  const order = steps.map(({ chosen }) => chosen).join('');
  expect(order.match(/(.)\1*/g)).toHaveLength(4);
});
