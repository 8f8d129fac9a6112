import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';

/** What Node puts in the place of bytes that are no text. */
const replacement = '\ufffd';

/** Whether a text may be one in which Node has replaced bytes. */
export function mayBeReplaced(text: string): boolean {
  return text.includes(replacement);
}

/** The last arguments of the process as the system has them; none where it does not tell, or they are others. */
export function argumentBytes(args: readonly string[]): Uint8Array[] {
  const own = args.length === 0 ? [] : bytesOf('cmdline').slice(-args.length);
  return own.every((bytes, index) => bytes.toString() === args[index]) ? own : [];
}

/**
 * Whether a variable of the process's environment held bytes that are no UTF-8, in whose place Node has put others. Only Linux
 * tells.
 */
export function isReplacedVariable(name: string, value: string): boolean {
  if (!mayBeReplaced(value)) return false;
  const start = `${name}=`;
  const found = bytesOf('environ').find((bytes) => bytes.toString() === start + value);
  return found !== undefined && !isUtf8(found);
}

function bytesOf(what: 'cmdline' | 'environ'): Buffer[] {
  if (process.platform !== 'linux') return [];
  const bytes = readFileSync(`/proc/self/${what}`);
  const texts: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
    texts.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return texts;
}
