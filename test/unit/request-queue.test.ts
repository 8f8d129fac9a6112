import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Invocation } from '../../host/runtime/worker-pool/invocation.ts';
import { RequestQueue } from '../../host/runtime/worker-pool/request-queue.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What a queue asks of an exchange. */
class Waiting {
  readonly name: number;
  readonly #since = performance.now();
  isOver = false;
  refused: string | undefined;

  constructor(name: number) {
    this.name = name;
  }

  get age(): number {
    return performance.now() - this.#since;
  }

  get idle(): number {
    return this.age;
  }

  refuse(reason: string): void {
    this.refused = reason;
    this.isOver = true;
  }

  orphan(): void {}
}

function filled(count: number, limits = { queuedRequests: 1000, queueWait: 50 }) {
  const queue = new RequestQueue(limits);
  const waiting = Array.from({ length: count }, (_, index) => new Waiting(index));
  for (const one of waiting) queue.add(one as unknown as Invocation);
  const take = () => (queue.take() as unknown as Waiting | undefined)?.name;
  return { queue, waiting, take };
}

test('the oldest one is next, and those whose clients have gone are passed over', () => {
  const { queue, waiting, take } = filled(4);
  for (const gone of [0, 2]) if (waiting[gone] !== undefined) waiting[gone].isOver = true;
  expect([take(), take(), take()]).toEqual([1, 3, undefined]);
  expect(queue.isEmpty).toBe(true);
});

test('one more than there may be is refused', () => {
  const { waiting } = filled(5, { queuedRequests: 3, queueWait: 50 });
  expect(waiting.map(({ refused }) => refused !== undefined)).toEqual([false, false, false, true, true]);
  expect(waiting[4]?.refused).toMatch(/3 requests wait/);
});

test('a few may wait for long', () => {
  const { waiting, take } = filled(64);
  vi.advanceTimersByTime(60);
  expect(take()).toBe(0);
  expect(waiting.filter(({ refused }) => refused !== undefined)).toEqual([]);
});

test('of many, those that have waited too long are refused, and new ones while the queue does not get shorter', () => {
  const { queue, waiting, take } = filled(100);
  vi.advanceTimersByTime(30);
  const late = new Waiting(100);
  queue.add(late as unknown as Invocation);
  expect(late.refused).toMatch(/100 requests wait/);
  vi.advanceTimersByTime(30);
  expect(take()).toBe(undefined);
  expect(waiting.every(({ refused }) => refused !== undefined)).toBe(true);
  const next = new Waiting(101);
  queue.add(next as unknown as Invocation);
  expect(take(), 'the queue was empty: all is as at first').toBe(101);
});

test('whoever made no progress for too long is told so', () => {
  const { queue, waiting } = filled(2);
  vi.advanceTimersByTime(20);
  queue.expire(10);
  expect(waiting[0]?.refused).toMatch(/did not come to this request within 0\.01 s/);
  expect(queue.isEmpty).toBe(true);
});
