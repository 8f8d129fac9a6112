import { describe, expect, test } from 'vitest';
import { ChangeQueue, mostWaiting } from '../../host/interfaces/keyvalue/watch/change-queue.ts';
import { mostWatched, watchRules } from '../../host/interfaces/keyvalue/watch/watch-rules.ts';

/** A queue whose changes are handled when the test says so. */
function queueOf() {
  const handled: string[] = [];
  const ends: (() => void)[] = [];
  const told = { dropped: 0, slowed: [] as string[] };
  const queue = new ChangeQueue({
    handle(key) {
      handled.push(key);
      return new Promise((resolve) => ends.push(resolve));
    },
    dropped: () => {
      told.dropped += 1;
    },
    slowed: (key) => told.slowed.push(key),
  });
  const end = async (): Promise<void> => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { queue, handled, told, end };
}

describe('changes that wait', () => {
  test('are handled a few at once, each key by one call at a time, and once however often it changes', async () => {
    const { queue, handled, end } = queueOf();
    for (const key of ['a', 'a', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'i']) queue.add(key);
    expect(handled.join('')).toBe('abcdefgh');
    await end();
    expect(handled.join('')).toBe('abcdefghi');
    await end();
    expect(handled.join('')).toBe('abcdefghia');
  });

  test('are dropped where too many wait, and where nobody wants them any more', async () => {
    const { queue, handled, told, end } = queueOf();
    for (let index = 0; index < mostWaiting + 10; index += 1) queue.add(`key ${index}`);
    expect(told.dropped).toBe(2);
    const stopped = queue.stop();
    queue.add('late');
    for (let index = 0; index < 8; index += 1) await end();
    await stopped;
    expect(handled).toHaveLength(8);
  });

  test('of a key that changes each time after it was handled come more slowly', async () => {
    const { queue, handled, told, end } = queueOf();
    for (let index = 0; index < 12; index += 1) {
      queue.add('k');
      await end();
    }
    expect(handled.length).toBeLessThanOrEqual(11);
    expect(told.slowed).toEqual(['k']);
    await expect.poll(() => handled.length).toBe(12);
  });
});

test('what a component watches is read from its config, and what is none is told', () => {
  const told: string[] = [];
  const tell = (text: string) => told.push(text);
  expect(watchRules(undefined, tell)).toEqual([]);
  expect(watchRules(' visits,, @cache/pages , sessions user:*,visits, all *', tell)).toEqual([
    { bucket: 'visits', prefix: '' },
    { bucket: '@cache/pages', prefix: '' },
    { bucket: 'sessions', prefix: 'user:' },
    { bucket: 'all', prefix: '' },
  ]);
  expect(told).toEqual([]);
  expect(watchRules('two words', tell)).toEqual([]);
  expect(told.join()).toMatch(
    /^watches names "two words"; expected a bucket, or a bucket and the beginning of keys/,
  );
  const many = Array.from({ length: mostWatched + 1 }, (_, index) => `b${index}`);
  expect(watchRules(many.join(), tell)).toHaveLength(mostWatched);
});
