import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AnswerTimes } from '../../host/interfaces/keyvalue/backends/answer-times.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what is not answered in time is told once, and the others never', () => {
  const times = new AnswerTimes(60);
  const late: number[] = [];
  const awaited = Array.from({ length: 500 }, (_, index) => times.begin(() => late.push(index)));
  for (const [index, each] of awaited.entries()) if (index % 100 !== 7) times.end(each);
  vi.advanceTimersByTime(30);
  times.begin(() => late.push(1000));
  vi.advanceTimersByTime(45);
  expect(late).toEqual([7, 107, 207, 307, 407]);
  vi.advanceTimersByTime(45);
  expect(late).toEqual([7, 107, 207, 307, 407, 1000]);
  times.begin(() => late.push(2000));
  times.close();
  vi.advanceTimersByTime(80);
  expect(late).toHaveLength(6);
});
