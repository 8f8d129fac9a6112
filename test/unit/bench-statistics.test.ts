import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median, ratioSpread, rotated } from '../../bench/statistics.ts';

const figures = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 });

test('the median has as many figures below it as above it, whatever their order', () => {
  fc.assert(
    fc.property(figures, (values) => {
      const middle = median(values);
      const below = values.filter((value) => value < middle).length;
      const above = values.filter((value) => value > middle).length;
      expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
      expect(median(values.toReversed())).toBe(middle);
    }),
  );
});

test('what slows a whole round down does not change the ratio', () => {
  fc.assert(
    fc.property(figures, fc.double({ min: 0.1, max: 10, noNaN: true }), (slowdowns, ratio) => {
      const { min, max } = ratioSpread(
        slowdowns.map((slowdown) => ratio * slowdown),
        slowdowns,
      );
      expect(min).toBeCloseTo(ratio, 6);
      expect(max).toBeCloseTo(ratio, 6);
    }),
  );
});

test('over as many rounds as there are contenders, each has every place once', () => {
  const items = ['a', 'b', 'c', 'd'];
  const orders = items.map((_, round) => rotated(items, round));
  for (const place of items.keys()) {
    expect(orders.map((order) => order[place]).toSorted()).toEqual(items);
  }
});
