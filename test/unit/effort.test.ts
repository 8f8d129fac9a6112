import { expect, test } from 'vitest';
import { Effort } from '../../host/guest/effort.ts';

/** Keeps the thread busy with requests of that many milliseconds, in turns of the event loop, until something is told. */
async function told(milliseconds: number, waits: boolean): Promise<boolean> {
  const answers: boolean[] = [];
  const effort = new Effort((isShort) => answers.push(isShort));
  const late = performance.now() + 15_000;
  while (answers.length === 0 && performance.now() < late) {
    const turn = performance.now() + 50;
    while (performance.now() < turn) {
      const end = performance.now() + milliseconds;
      effort.begin();
      while (performance.now() < end);
      if (waits) effort.waited();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  const [first] = answers;
  if (first === undefined) throw new Error('nothing was told');
  return first;
}

test.for([
  [0.01, false, true],
  [0.15, false, false],
  [0.15, true, true],
  [1, true, false],
] as const)(
  'requests of %d ms, which wait: %s, are short: %s',
  { retry: 3 },
  async ([milliseconds, waits, isShort]) => {
    expect(await told(milliseconds, waits)).toBe(isShort);
  },
);
