import type { Cron } from 'croner';

const nicknames = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

const second = { name: 'second', expected: '0 to 59' };
const fields = [
  { name: 'minute', expected: '0 to 59' },
  { name: 'hour', expected: '0 to 23' },
  { name: 'day of the month', expected: '1 to 31, or L for the last' },
  { name: 'month', expected: '1 to 12, or JAN to DEC' },
  { name: 'day of the week', expected: '0 to 7, or SUN to SAT' },
];

/**
 * What is wrong with the times of a schedule and what would be right, to be put behind them; undefined where they come.
 * The library takes more than these: years, single dates, and what it can't keep, such as `@reboot`.
 */
export function cronProblem(text: string, Times: typeof Cron): string | undefined {
  const given = text.trim();
  if (given.startsWith('@')) {
    if (nicknames.includes(given.toLowerCase())) return undefined;
    return `which is none of the names for times. Expected one of ${nicknames.join(', ')}, or five or six fields`;
  }
  const parts = given === '' ? [] : given.split(/\s+/);
  if (parts.length !== 5 && parts.length !== 6) {
    const count = parts.length === 0 ? 'which is empty' : `which has ${counted(parts.length)}`;
    return `${count}. Expected five fields such as "*/5 * * * *" (minute, hour, day of the month, month, day of the week), six with seconds in front, or a name such as @hourly`;
  }
  const meanings = parts.length === 6 ? [second, ...fields] : fields;
  for (const [index, { name, expected }] of meanings.entries()) {
    const alone = parts.map((part, place) => (place === index ? part : '*')).join(' ');
    if (isReadable(alone, Times)) continue;
    return `whose ${name} is ${JSON.stringify(parts[index])}. Expected ${expected}, *, a range such as 1-5, a list such as 1,3 or steps such as */5`;
  }
  if (!isReadable(given, Times))
    return 'whose fields do not go together. Expected times such as "*/5 * * * *"';
  const next = new Times(parts.join(' '), { timezone: 'UTC', paused: true }).nextRun();
  return next === null ? 'which never comes. Expected a day that its month has' : undefined;
}

function isReadable(pattern: string, Times: typeof Cron): boolean {
  try {
    new Times(pattern, { timezone: 'UTC', paused: true });
    return true;
  } catch {
    return false;
  }
}

const counted = (count: number): string => (count === 1 ? 'one field' : `${count} fields`);
