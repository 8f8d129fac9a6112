import type { Parsed } from './parsed.ts';
import { controls } from './printable.ts';

const anyControl = new RegExp(`[${controls}]`, 'u');

/** Checks a name that stands in messages: it says something, and does nothing to the line around it. */
export function parseName(text: string): Parsed<string> {
  if (text.trim() === '') return { expected: 'a name, which is not empty' };
  if (anyControl.test(text)) return { expected: 'a name without control characters' };
  return { value: text };
}
