import { expect, test } from 'vitest';
import { type Exploration, ExplorationError, explore } from '../../host/index.ts';
import { Schedules } from '../../host/kit/schedules.ts';
import { component } from '../support/kvasi-process.ts';

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
  expect(failure.timeline).toHaveLength(4);
  const [first, second] = failure.timeline[0]?.startsWith('request 1') ? [1, 2] : [2, 1];
  expect(failure.timeline.join('\n')).toBe(
    [
      `request ${first}  POST /race/n  get counters/n  (no value)`,
      `request ${second}  POST /race/n  get counters/n  (no value)`,
      `request ${second}  POST /race/n  set counters/n  "1"`,
      `request ${first}  POST /race/n  set counters/n  "1"`,
    ].join('\n'),
  );
  expect(failure.message).toContain('expected');
});

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

test('ten thousand interleavings of four that swap are right', { timeout: 300_000 }, async () => {
  expect(await explore({ ...counting('/cas', 4), interleavings: 10_000 })).toEqual({
    interleavings: 10_000,
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

test('each interleaving is tried once, those with few switches first', () => {
  // Two requests of three operations each: 6! / (3! 3!) orders.
  const schedules = new Schedules(() => 0);
  const tried: string[] = [];
  for (let first = schedules.next(); first !== undefined; first = schedules.next()) {
    const left = [3, 3];
    const choices = [];
    let last: number | undefined;
    while (left[0] !== 0 || left[1] !== 0) {
      const enabled = [0, 1].filter((request) => left[request] !== 0);
      const chosen =
        enabled.find((request) => request === (first[choices.length] ?? last)) ?? enabled[0] ?? 0;
      left[chosen] = (left[chosen] ?? 0) - 1;
      choices.push({ enabled, chosen });
      last = chosen;
    }
    tried.push(choices.map(({ chosen }) => chosen).join(''));
    schedules.ran(first, choices);
  }
  expect(tried).toHaveLength(20);
  expect(new Set(tried).size).toBe(20);
  expect(tried[0]).toBe('000111');
  const turns = (order: string) =>
    [...order].filter((request, index) => index > 0 && request !== order[index - 1]).length;
  expect(turns(tried.at(-1) ?? '')).toBeGreaterThan(2);
});
