import { types } from 'node:util';
import { isMoment, MOMENT, parseMoment } from '../shared/moment.ts';
import type { Parsed } from '../shared/parsed.ts';

/** Reads a moment that a program gives: a `Date`, milliseconds since 1970, or a text as in a scenario. Gives milliseconds since 1970. */
export function momentOf(given: unknown): Parsed<number> {
  if (typeof given === 'string') {
    const parsed = parseMoment(given);
    return 'value' in parsed ? { value: parsed.value.getTime() } : parsed;
  }
  // One of another realm, or whose own `valueOf` says something else, is a date all the same.
  const value = types.isDate(given) ? Date.prototype.getTime.call(given) : given;
  return typeof value === 'number' && isMoment(value) ? { value } : { expected: MOMENT };
}
