import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { timelineLines } from '../../host/cli/dev/timeline.ts';
import { loadInterfaces } from '../../host/interfaces/index.ts';
import type { KeyvalueOperation } from '../../host/interfaces/keyvalue/keyvalue-operation.ts';
import { tracedOperations } from '../../host/interfaces/traced-operations.ts';
import { recordOf } from '../../host/runtime/trace/record-fields.ts';

await loadInterfaces();

const shown = (...operations: readonly Omit<KeyvalueOperation, 'interface'>[]) =>
  timelineLines(
    operations.flatMap(
      (fields) => recordOf({ interface: 'wasi:keyvalue', ...fields }, tracedOperations()) ?? [],
    ),
  ).map((line) => stripVTControlCharacters(line));
const operation = {
  op: 'get',
  bucket: 'b',
  key: 'k',
  hit: true,
  size: 3,
  start: 1.234,
  milliseconds: 0.5,
} as const;

test('what took longer than 100 ms or failed has a mark, the rest has none', () => {
  expect(
    shown(
      operation,
      { ...operation, start: 20, milliseconds: 101 },
      { op: 'set', bucket: 'b', key: 'long key', error: 'no room', start: 130, milliseconds: 7 },
    ),
  ).toEqual([
    '    +1.23 ms  get  b/k         hit, 3 B         0.50 ms',
    '  !   +20 ms  get  b/k         hit, 3 B, slow   101 ms',
    '  !  +130 ms  set  b/long key  failed: no room  7.00 ms',
  ]);
});

test('sizes are in units that can be read, counts in keys', () => {
  const sizes = [0, 1023, 1536, 3 * 1024 * 1024].map((size) => shown({ ...operation, size })[0]);
  expect(sizes.map((line) => /hit, (.*?) {2}/.exec(line ?? '')?.[1])).toEqual([
    '0 B',
    '1023 B',
    '1.5 KiB',
    '3.0 MiB',
  ]);
  const listing = { op: 'list-keys', bucket: 'b', start: 0, milliseconds: 1 } as const;
  expect(shown({ ...listing, count: 1 })[0]).toContain('1 key ');
  expect(shown({ ...listing, count: 2 })[0]).toContain('2 keys ');
});

test('a key can’t move the cursor, and a long one does not widen the others', () => {
  const [bad, short] = shown({ ...operation, key: `\x1b[2J${'x'.repeat(100)}` }, operation);
  expect(bad).toContain('b/\\x1b[2Jxxx');
  expect(short?.length).toBeLessThan(90);
});
