import { setImmediate as turn } from 'node:timers/promises';
import { array, asyncProperty, assert as check, integer } from 'fast-check';
import { expect, test } from 'vitest';
import { TurnLimit } from '../../host/interfaces/keyvalue/turn-limit.ts';

test('all results are handed on, in order, and no more than sixteen in a turn', async () => {
  await check(
    asyncProperty(array(integer({ min: 0, max: 60 }), { maxLength: 8 }), async (crowds) => {
      const limit = new TurnLimit();
      const passed: number[] = [];
      let number = 0;
      for (const crowd of crowds) {
        const before = passed.length;
        for (let count = 0; count < crowd; count += 1) {
          const mine = number++;
          void Promise.resolve(limit.pass(mine)).then((value) => passed.push(value));
        }
        await Promise.resolve();
        expect(passed.length - before).toBeLessThanOrEqual(16);
        await turn();
        expect(passed.length - before).toBeLessThanOrEqual(32);
      }
      for (let turns = 0; passed.length < number && turns < 40; turns += 1) {
        const before = passed.length;
        await turn();
        expect(passed.length - before).toBeLessThanOrEqual(16);
      }
      expect(passed).toEqual(Array.from({ length: number }, (_, index) => index));
    }),
  );
});

test('a result that is alone does not wait', () => {
  const limit = new TurnLimit();
  expect(limit.pass('value')).toBe('value');
});
