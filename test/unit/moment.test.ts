import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ControlledClock } from '../../host/shared/controlled-clock.ts';
import { parseMoment } from '../../host/shared/moment.ts';
import { root } from '../support/kvasi-process.ts';

test.for([
  ['2026-01-01', '2026-01-01T00:00:00.000Z'],
  ['2026-01-01T12:30Z', '2026-01-01T12:30:00.000Z'],
  ['2026-01-01 12:30:15.5z', '2026-01-01T12:30:15.500Z'],
  ['2026-01-01T00:00:00+02:00', '2025-12-31T22:00:00.000Z'],
  ['2026-01-01T00:00:00-0130', '2026-01-01T01:30:00.000Z'],
  ['2026-01-01T00:00:00', '2026-01-01T00:00:00.000Z'],
  ['2026-07-01 12:30', '2026-07-01T12:30:00.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['1970-01-01', '1970-01-01T00:00:00.000Z'],
  ['2261-12-31T23:59:59.999Z', '2261-12-31T23:59:59.999Z'],
])('%s is a moment', ([text, moment]) => {
  expect(parseMoment(text ?? '')).toEqual({ value: new Date(moment ?? '') });
});

test.for([
  '99999-01-01',
  '+099999-01-01',
  '-000001-01-01',
  '1969-12-31',
  '1970-01-01T00:00:00+01:00',
  '2262-01-01',
  '2026-02-30',
  '2025-02-29',
  '2026-13-01',
  '2026-00-10',
  '2026-01-32',
  '2026-01-01T25:00:00Z',
  '2026-01-01T00:60:00Z',
  '2026-01-01T00:00:00+25:00',
  '2026-01-01T',
  '2026',
  '01',
  'foo 1',
  'now',
  'January 1, 2026',
  '',
])('%j is none', (text) => {
  expect(parseMoment(text)).toEqual({
    expected: 'a moment from 1970 to 2261, such as "2026-01-01T00:00:00Z"',
  });
});

test('a clock is set and moved only where it can count', () => {
  const clock = new ControlledClock();
  clock.freeze();
  for (const wrong of [Number.NaN, -1, Date.UTC(2262, 0, 1), 8.64e15, Number.POSITIVE_INFINITY]) {
    expect(() => clock.set(wrong), String(wrong)).toThrow(
      /^the clock of a host can't be at .*\. Expected a mom/,
    );
  }
  const hundredYears = 36_500n * 86_400_000n * 1_000_000n;
  clock.set(Date.UTC(2200, 0, 1));
  expect(() => clock.advance(hundredYears)).toThrow("the clock of a host can't be at 2299-12-");
  expect(new Date(clock.now()).getUTCFullYear()).toBe(2200);
  // The monotonic clock can't be set back, so it ends, too.
  expect(() => {
    for (let round = 0; round < 10; round += 1) {
      clock.set(0);
      clock.advance(hundredYears);
    }
  }).toThrow("the clock of a host can't be at");
  expect(clock.monotonic()).toBeGreaterThan(0n);
});

test('a moment without a zone is the same on every machine', async () => {
  const print = `import { parseMoment } from ${JSON.stringify(join(root, 'host/shared/moment.ts'))};
    for (const text of ['2026-07-01', '2026-07-01T00:00:00', '2026-07-01 00:00'])
      console.log(parseMoment(text).value.toISOString());`;
  for (const TZ of ['America/New_York', 'Asia/Kolkata', 'UTC']) {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', print], {
      env: { ...process.env, TZ },
    });
    expect(stdout).toBe('2026-07-01T00:00:00.000Z\n'.repeat(3));
  }
});
