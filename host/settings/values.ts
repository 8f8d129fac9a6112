import type { Parsed } from '../shared/parsed.ts';
import { MOST_THREADS } from './settings.ts';

/** How many threads may run a component. */
export const THREADS = `a whole number from 1 to ${MOST_THREADS}`;

/** Reads a whole number of at least one. */
export function parseCount(text: string): Parsed<number> {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return value >= 1 ? { value } : { expected: 'a whole number of at least 1' };
}

/** Reads how many threads are to run a component. */
export function parseThreads(text: string): Parsed<number> {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= MOST_THREADS ? { value } : { expected: THREADS };
}

/** Checks one entry of `allowedHosts`: a host policy, so neither a path nor a query. */
export function parseAllowedHost(text: string): Parsed<string> {
  const host =
    /^(?:[a-z][a-z\d+.-]*:\/\/(?=[^/]))?(?:(?:\*\.)?[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])(?::\d{1,5})?\/?$/i;
  const right = text === '*' || (host.test(text) && (text.includes('://') || !text.endsWith('/')));
  if (right) return { value: text };
  return {
    expected:
      '"*", "example.com", "example.com:8443", "*.example.com" or "https://example.com", without a path',
  };
}
