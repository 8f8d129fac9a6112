import { Cron } from 'croner';
import { expect, test } from 'vitest';
import { cronProblem } from '../../host/settings/cron-text.ts';

test.each([
  '* * * * *',
  ' */5 0-6,22 L JAN-MAR mon-FRI ',
  '30 */5 * * * *',
  '0 0 29 2 *',
  '0 0 * * 7',
  '0 0 15W * 5#2',
  '@hourly',
  '@DAILY',
  '@annually',
])('%s is when something is run', (text) => {
  expect(cronProblem(text, Cron)).toBeUndefined();
  expect(new Cron(text, { paused: true, timezone: 'UTC' }).nextRun()).not.toBeNull();
});

test.each([
  ['', 'which is empty. Expected five fields such as "*/5 * * * *" (minute, '],
  ['  ', 'which is empty. Expected five'],
  ['@reboot', 'which is none of the names for times. Expected one of @yearly, '],
  ['daily', 'which has one field. Expected five fields'],
  ['* * * *', 'which has 4 fields. Expected five fields'],
  ['* * * * * * 2027', 'which has 7 fields. Expected five fields'],
  ['2027-01-01T00:00:00', 'which has one field. Expected five fields'],
  ['60 * * * * *', 'whose second is "60". Expected 0 to 59'],
  ['* 24 * * *', 'whose hour is "24". Expected 0 to 23'],
  ['* * 0 * *', 'whose day of the month is "0". Expected 1 to 31'],
  ['0 0 * 13 *', 'whose month is "13". Expected 1 to 12'],
  ['0 0 1 1 * 2027', 'whose day of the week is "2027". Expected 0 to 7'],
  ['*/0 * * * *', 'whose minute is "*/0". Expected'],
  ['5-1 * * * *', 'whose minute is "5-1". Expected'],
  ['0 0 31 2 *', 'which never comes. Expected a day that its month has'],
])('%j is told in words of our own', (text, problem) => {
  const told = cronProblem(text, Cron) ?? '';
  expect(told.slice(0, problem.length)).toBe(problem);
  expect(told).not.toMatch(/CronPattern|configuration/);
});
