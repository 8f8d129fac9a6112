import { assert, constantFrom, integer, property, array as sequence, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { RequestTable } from '../../host/runtime/request-table.ts';

test('it holds what a map would, however long some requests stay', () => {
  const step = tuple(constantFrom('add', 'delete', 'skip'), integer({ min: 0, max: 5000 }));
  assert(
    property(sequence(step, { maxLength: 300 }), (steps) => {
      const table = new RequestTable<string>();
      const map = new Map<number, string>();
      let last = 0;
      for (const [action, number] of steps) {
        if (action === 'skip') last += number;
        else if (action === 'add') {
          last += 1;
          table.add(last, `request ${last}`);
          map.set(last, `request ${last}`);
        } else {
          const id = [...map.keys()][number % Math.max(1, map.size)] ?? number;
          table.delete(id);
          map.delete(id);
        }
        expect(table.size).toBe(map.size);
      }
      expect(table.entries()).toEqual([...map]);
      for (const id of [...map.keys(), last + 1, last + 1024]) expect(table.get(id)).toBe(map.get(id));
    }),
  );
});
