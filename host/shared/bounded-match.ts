import { type Context, createContext, Script } from 'node:vm';
import { reasonOf } from './host-error.ts';
import { systemCode } from './system-code.ts';

/** Whether a pattern is somewhere in a text, or why that can't be told. */
export type Match = { readonly matches: boolean } | { readonly why: string };

/** The longest text, in characters, that a pattern with one choice can't be long about. */
const shortText = 1000;
const script = new Script('pattern.test(text)');
let context: (Context & { pattern?: RegExp; text?: string }) | undefined;

/**
 * Looks for a pattern in a text, and gives up when that takes too long: the time that some patterns need doubles with each character.
 * @param longest in milliseconds
 */
export function boundedMatch(pattern: RegExp, text: string, longest: number): Match {
  pattern.lastIndex = 0;
  try {
    if (isQuick(pattern, text)) return { matches: pattern.test(text) };
    context ??= createContext({});
    Object.assign(context, { pattern, text });
    return { matches: script.runInContext(context, { timeout: longest }) === true };
  } catch (error) {
    if (systemCode(error) !== 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return { why: `the pattern ${pattern} can't be looked for: ${reasonOf(error)}` };
    return {
      why: `the pattern ${pattern} took longer than ${longest / 1000} s on ${text.length} characters. Write one with fewer ways to match the same text.`,
    };
  } finally {
    if (context !== undefined) Object.assign(context, { pattern: undefined, text: undefined });
  }
}

/** With one choice at most there is little to go back to. */
function isQuick({ source }: RegExp, text: string): boolean {
  return text.length <= shortText && (source.match(/[*+?{|]/g)?.length ?? 0) <= 1;
}
