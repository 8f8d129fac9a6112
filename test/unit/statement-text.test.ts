import { expect, test } from 'vitest';
import { mayLeaveState } from '../../host/interfaces/postgres/statement-text.ts';

test.each([
  'BEGIN',
  'start transaction',
  'SET search_path TO other',
  '  set local work_mem = 1',
  'SELECT 1; SET x.y = 1',
  'SELECT 1;SET x.y = 1',
  '/* why */ SET x.y = 1',
  '/* why */SET x.y = 1',
  '-- why\nSET x.y = 1',
  '-- why\r\n\n  SET x.y = 1',
  '--\rSET x.y = 1',
  'UPDATE visits SET count = 1; -- and\nSET x.y = 1',
  "SELECT set_config('x.y', '1', false)",
  'SELECT pg_advisory_lock(1)',
  "SELECT currval('visits')",
  'CREATE TEMP TABLE visits ()',
  'DO $$ BEGIN END $$',
  "DO LANGUAGE plpgsql 'SELECT'",
  'UPDATE visits SET count = 1; COMMIT',
  'CALL visit()',
  'LISTEN visits',
  'PREPARE visit AS SELECT 1',
])('a session is cleaned after %j', (text) => {
  expect(mayLeaveState(text)).toBe(true);
});

test.each([
  'SELECT 1',
  'UPDATE visits SET count = count + 1 WHERE page = $1',
  'UPDATE visits\n  SET count = count + 1',
  'INSERT INTO visits VALUES ($1, 1) ON CONFLICT (page) DO UPDATE SET count = visits.count + 1',
  'INSERT INTO visits VALUES ($1, 1)\nON CONFLICT\nDO NOTHING',
  "SELECT CASE WHEN count > 1 THEN 'many' ELSE 'one' END FROM visits",
  'ALTER TABLE visits ALTER count SET DEFAULT 0',
])('a session goes on as it is after %j', (text) => {
  expect(mayLeaveState(text)).toBe(false);
});

test('the longest statements are looked through in no time', () => {
  const size = 16 * 1024 * 1024;
  const texts = ['-', '-- ', '\n', '\nset', ' set', '-\nset', 'x\n\n\n\nset '].map((part) =>
    part.repeat(size / part.length),
  );
  const started = performance.now();
  for (const text of texts) mayLeaveState(`x${text}`);
  expect(performance.now() - started).toBeLessThan(texts.length * 4000);
});
