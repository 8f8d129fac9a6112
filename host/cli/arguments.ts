import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { redactUrls } from '../config/redact.ts';
import { HostError } from '../host-error.ts';
import { shownBytes } from './utf8.ts';

/** What Node puts in the place of bytes that are no text. */
const replacement = '\ufffd';
/** How much of an argument is quoted, in bytes. */
const mostShown = 60;

/**
 * Refuses arguments whose bytes are no UTF-8: Node has replaced them, so another key would be set, or another file
 * read. Only Linux tells the bytes.
 * @throws {HostError} `usage`
 */
export function requireTexts(args: readonly string[]): void {
  if (!args.some((arg) => arg.includes(replacement))) return;
  const wrong = bytesOf(args).find((bytes) => !isUtf8(bytes));
  if (wrong === undefined) return;
  const advice =
    'Keys and names are text; a value of any bytes goes in a file (--file) or on standard input.';
  throw new HostError(
    'usage',
    `the argument ${redactUrls(shownBytes(wrong.subarray(0, mostShown)))} is not UTF-8 text. ${advice}`,
  );
}

/** The arguments as the system has them; none where it does not tell, or they are not those of the process. */
function bytesOf(args: readonly string[]): Uint8Array[] {
  if (process.platform !== 'linux') return [];
  const all: Buffer[] = [];
  const line = readFileSync('/proc/self/cmdline');
  for (let start = 0; start < line.length; ) {
    const end = line.indexOf(0, start);
    all.push(line.subarray(start, end));
    start = end + 1;
  }
  const own = all.slice(-args.length);
  return own.every((bytes, index) => bytes.toString() === args[index]) ? own : [];
}
