import { boundedMatch, type Match } from '../../shared/bounded-match.ts';
import { isError } from '../../shared/is-error.ts';
import type { Parsed } from '../../shared/parsed.ts';

const EXPECTED = 'a regular expression such as "^a+$", or "/^a+$/i" with flags';

/** Reads a regular expression, between slashes or not; it may hold anywhere in a text. */
export function parseRegex(text: string): Parsed<RegExp> {
  const [, source = text, flags = 'u'] = /^\/(.+)\/([imsu]*)$/s.exec(text) ?? [];
  try {
    return { value: new RegExp(source, flags.includes('u') ? flags : `${flags}u`) };
  } catch (error) {
    const reason = isError(error) ? error.message.split(': ').at(-1) : String(error);
    return { expected: `${EXPECTED} (${reason})` };
  }
}

/** How long a pattern may take on a text, in milliseconds. */
const longest = 1000;

/** Whether a pattern is somewhere in a text, or that it takes too long to tell. */
export function findPattern(pattern: RegExp, text: string): Match {
  return boundedMatch(pattern, text, longest);
}
