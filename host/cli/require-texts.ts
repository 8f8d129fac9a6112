import { isUtf8 } from 'node:buffer';
import { redactUrls } from '../settings/redact.ts';
import { HostError } from '../shared/host-error.ts';
import { argumentBytes, mayBeReplaced } from '../shared/process-bytes.ts';
import { shownBytes } from '../terminal/utf8.ts';

/** How much of an argument is quoted, in bytes. */
const mostShown = 60;

/**
 * Refuses arguments whose bytes are no UTF-8: Node has replaced them, so another key would be set, or another file
 * read. Only Linux tells the bytes.
 * @throws {HostError} `usage`
 */
export function requireTexts(args: readonly string[]): void {
  if (!args.some(mayBeReplaced)) return;
  const wrong = argumentBytes(args).find((bytes) => !isUtf8(bytes));
  if (wrong === undefined) return;
  const advice =
    'Keys and names are text; a value of any bytes goes in a file (--file) or on standard input.';
  throw new HostError(
    'usage',
    `the argument ${redactUrls(shownBytes(wrong.subarray(0, mostShown)))} is not UTF-8 text. ${advice}`,
  );
}
