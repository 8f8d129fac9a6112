import type { Parsed } from './parsed.ts';

const DURATION = 'a duration above zero, such as "30s", "500ms", "2m" or "1d", or a number of milliseconds';
const UNITS: Readonly<Record<string, number>> = {
  ...{ '': 1, ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 },
};
/** A hundred years: NATS counts nanoseconds in 63 bits, which last for 292. */
const LONGEST_DURATION = 36_500 * 86_400_000;
/** Timers of Node hold a signed 32-bit number of milliseconds, a little under 25 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Reads `30s`, `500ms`, `2m`, `1h`, `30d` or a number of milliseconds; gives whole milliseconds, at most 100 years. */
export function parseDuration(given: string | number): Parsed<number> {
  return durationUpTo(LONGEST_DURATION, '36500d', given);
}

/** The same for what is waited for with a timer: at most 24 days. */
export function parseTimer(given: string | number): Parsed<number> {
  return durationUpTo(LONGEST_TIMER, '24d', given);
}

function durationUpTo(longest: number, longestText: string, given: string | number): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?) *(ms|s|m|h|d|)$/.exec(String(given).trim());
  if (!match) return { expected: DURATION };
  const value = Math.round(Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1));
  if (value < 1) return { expected: DURATION };
  if (value > longest) return { expected: `${DURATION}, at most ${longestText}` };
  return { value };
}

/** Writes milliseconds the way {@link parseDuration} reads them, in the largest unit that fits exactly. */
export function formatDuration(milliseconds: number): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = UNITS[unit] ?? 1;
    if (milliseconds >= size && milliseconds % size === 0) return `${milliseconds / size}${unit}`;
  }
  return `${milliseconds}ms`;
}
