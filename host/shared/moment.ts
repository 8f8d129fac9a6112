import type { Parsed } from './parsed.ts';

/** `wasi:clocks` counts from 1970 on. In milliseconds since then. */
const EARLIEST = 0;
/** Nanoseconds in 63 bits end in April 2262. */
const LATEST = Date.UTC(2262, 0, 1) - 1;

/** What a moment has to be that a host can take for the time. */
export const MOMENT = 'a moment from 1970 to 2261, such as "2026-01-01T00:00:00Z"';

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(?:(Z)|([+-]\d\d):?(\d\d))?)?$/i;

/** Whether a host can take it for the time. @param milliseconds since 1970 */
export function isMoment(milliseconds: number): boolean {
  return milliseconds >= EARLIEST && milliseconds <= LATEST;
}

/** Reads a date, or a date and a time, as ISO 8601 has it; without a zone it is in UTC, and a date alone is its begin. */
export function parseMoment(text: string): Parsed<Date> {
  const [, year, month, day, time, utc, hours, minutes] = ISO.exec(text.trim()) ?? [];
  const date = `${year}-${month}-${day}`;
  // Date takes February 30 for March 2.
  if (!isDay(date)) return { expected: MOMENT };
  const zone = utc ?? (hours === undefined ? 'Z' : `${hours}:${minutes}`);
  const moment = new Date(time === undefined ? date : `${date}T${time}${zone.toUpperCase()}`);
  return isMoment(moment.getTime()) ? { value: moment } : { expected: MOMENT };
}

function isDay(date: string): boolean {
  const begin = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(begin.getTime()) && begin.toISOString().startsWith(date);
}
