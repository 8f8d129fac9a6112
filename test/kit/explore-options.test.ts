import { expect, test } from 'vitest';
import { HostError } from '../../host/index.ts';
import { type Exploration, ExplorationError, explore } from '../../host/testing.ts';
import { component } from '../support/kvasi-process.ts';

const visit = ['/cas/n', { method: 'POST' }] as const;
const exploration: Exploration = {
  component: component('kv-race'),
  requests: [visit, visit],
  async check(host) {
    expect(await host.bucket('counters').getText('n')).toBe('2');
  },
};

/** What an exploration that must not pass says. */
async function messageOf(changes: object): Promise<string> {
  const error: unknown = await explore({ ...exploration, ...changes }).then(
    (explored) => new Error(`it passed: ${JSON.stringify(explored)}`),
    (thrown: unknown) => thrown,
  );
  expect(error, String(error)).toBeInstanceOf(HostError);
  return (error as HostError).message;
}

const used = new Request('http://localhost/cas/n', { method: 'POST', body: 'x' });
const stream = () => new Blob(['x']).stream();

test.each([
  [{ interleavings: 0 }, /^explore: interleavings is 0, a number\. Expected at least 1/],
  [{ interleavings: -1 }, /interleavings is -1/],
  [{ interleavings: 1.5 }, /interleavings is 1\.5, a number\. Expected a whole number/],
  [{ interleavings: Number.NaN }, /interleavings is NaN/],
  [{ interleavings: Number.POSITIVE_INFINITY }, /interleavings is Infinity/],
  [{ interleavings: '10' }, /interleavings is "10"/],
  [{ requests: [] }, /^explore: requests is a list\. Expected a list of at least one request/],
  [{ requests: undefined }, /^explore: requests is missing/],
  [{ requests: '/cas/n' }, /requests is "\/cas\/n"\. Expected a list/],
  [{ requests: [visit, 5] }, /^the requests\[1\] of explore is 5, a number\. Expected a path/],
  [{ requests: [[...visit, 'x']] }, /^the requests\[0\] of explore is a list\. Expected a path/],
  [{ requests: ['http://'] }, /^requests\[0\] of explore got "http:\/\/"\. Expected a path/],
  [{ requests: [['/', { methd: 'POST' }]] }, /^requests\[0\] of explore: "methd" .*Did you mean method\?/],
  [
    { requests: [['/', { method: 'POST', body: stream() }]] },
    /^the body of requests\[0\] .*can be sent again/,
  ],
  [
    { requests: [() => '/cas/n'] },
    /^the result of requests\[0\] of explore is "\/cas\/n"\. Expected a Request/,
  ],
  [{ requests: [() => used] }, /^the result of requests\[0\] of explore .*was not sent yet/],
  [{ check: undefined }, /^explore: check is missing/],
  [{ check: true }, /^explore: check is true, a truth value\. Expected a function that throws/],
  [{ before: 'x' }, /^explore: before is "x"\. Expected a function/],
  [{ befor: () => {} }, /^explore: befor is not a known option\. Did you mean before\?/],
  [{ seed: {} }, /^explore: seed is a map\. Expected a number or text/],
  [{ keyvalue: { counters: 'dney' } }, /^explore: keyvalue\.counters is "dney"\. Expected deny/],
  [{ replay: 5 }, /^explore: replay is 5, a number\. Expected a list/],
  [{ replay: ['a'] }, /^explore: replay\[0\] is "a"\. Expected the index of a request/],
  [{ replay: [5, 9] }, /^the replay of explore at index 0 is 5, a number\. Expected the index .*from 0 to 1/],
  [{ replay: [0.5] }, /^explore: replay\[0\] is 0\.5/],
  [{ replay: [-1] }, /^explore: replay\[0\] is -1/],
])('%o is told', async (changes, message) => {
  expect(await messageOf(changes)).toMatch(message);
});

test('what is no exploration is told', async () => {
  await expect(explore(undefined as unknown as Exploration)).rejects.toThrow(
    'explore got undefined. Expected an exploration such as',
  );
});

test('a check that answers false fails', async () => {
  await expect(explore({ ...exploration, check: () => false })).rejects.toThrow('check answered false');
});

test('a replay that fits no step of the component says where', async () => {
  expect(await messageOf({ replay: [] })).toMatch(
    /^explore: the replay no longer fits at step 1, which it does not have: request 1 makes another operation\./,
  );
  // What kv-race does with get and set has four operations.
  const raced = await explore({
    ...exploration,
    requests: [
      ['/race/n', { method: 'POST' }],
      ['/race/n', { method: 'POST' }],
    ],
  }).catch((error: unknown) => error);
  if (!(raced instanceof ExplorationError)) throw raced;
  const longer = await messageOf({ replay: raced.schedule });
  expect(longer).toMatch(
    /no longer fits at step 5, which it does not have: request 1 makes another operation/,
  );
  expect(longer, 'the timeline').toContain('  5. request 1  POST /cas/n  swap counters/n "2" → done');
  expect(await messageOf({ replay: [0, 0, 0, 1, 1] })).toMatch(
    /no longer fits at step 3: request 1 has no operation to make there, request 2 has\./,
  );
  expect(await messageOf({ replay: [0, 0, 1, 1, 1] })).toMatch(
    /no longer fits at step 5: request 2 has no operation to make there, and no other has one\./,
  );
});

test('a replay that fits passes, and one that fails elsewhere shows its failure and that it does not fit', async () => {
  expect(await explore({ ...exploration, replay: [0, 0, 1, 1] })).toEqual({
    interleavings: 1,
    isExhausted: false,
  });
  const failing = { ...exploration, check: () => false };
  await expect(explore({ ...failing, replay: [0, 0, 1, 1, 1] })).rejects.toThrow(
    /check answered false\nthe replay no longer fits at step 5: .*\nRun it again with replay: \[0, 0, 1, 1\]/,
  );
});

test('requests that have nothing to interleave are told', async () => {
  const nowhere = ['/nowhere', '/nowhere?again'];
  expect(await messageOf({ requests: nowhere, check: () => {} })).toMatch(
    /^explore: request 1 \(GET \/nowhere, it was answered 4\d\d\) and request 2 \(GET \/nowhere\?again, .*\) made no keyvalue operation/,
  );
  expect(await messageOf({ requests: [visit, '/nowhere'], check: () => {} })).toMatch(
    /^explore: request 2 \(GET \/nowhere, it was answered 4\d\d\) made no keyvalue operation in the only interleaving/,
  );
  expect(await messageOf({ requests: nowhere, check: () => {}, replay: [] })).toMatch(/made no keyvalue/);
});

test('stores that can not even be opened are something to explore', async () => {
  const explored = await explore({
    ...exploration,
    before: (host) => void host.faults.partition(),
    check: (_host, responses) => expect(responses.map(({ status }) => status)).toEqual([500, 500]),
  });
  expect(explored).toEqual({ interleavings: 1, isExhausted: true });
});

test('a request that never reaches the component is told', async () => {
  const tooLong = ['/cas/n', { method: 'POST', headers: { 'x-long': 'x'.repeat(100_000) } }];
  expect(await messageOf({ requests: [visit, tooLong], check: () => {} })).toBe(
    'explore: request 2 never reached the component: it was answered 431.',
  );
});

test('a check may throw what has no text', async () => {
  const check = (): never => {
    throw Object.create(null);
  };
  await expect(explore({ ...exploration, check })).rejects.toThrow('something without a text was thrown');
});
