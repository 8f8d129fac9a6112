/** What moves the cursor, changes colors or is meant for the terminal, and what reorders the text around it. */
export const controls = String.raw`\p{Cc}\u202a-\u202e\u2066-\u2069`;
const everyControl = new RegExp(`[${controls}]`, 'gu');

/** Text from outside within one line: every control character is shown, line breaks and tabs too. */
export function printable(text: string): string {
  return text.replace(everyControl, escapedCharacter);
}

/** Shows a control character: `\x1b`, `\u202e`. */
export function escapedCharacter(character: string): string {
  const code = character.charCodeAt(0);
  const digits = code.toString(16);
  return code > 0xff ? `\\u${digits.padStart(4, '0')}` : `\\x${digits.padStart(2, '0')}`;
}

/** A text's beginning, and how long all of it is, where it has more than `most` characters. */
export function shortened(text: string, most = 256): string {
  if (text.length <= most) return text;
  // Half of a surrogate pair is no character.
  const end = /[\ud800-\udbff]$/.test(text.slice(0, most)) ? most - 1 : most;
  return `${text.slice(0, end)}… (${text.length.toLocaleString('en-US')} characters)`;
}
