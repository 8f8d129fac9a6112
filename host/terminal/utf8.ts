import { isUtf8 } from 'node:buffer';

/** How many bytes at the end are the beginning of a character whose rest is still to come. */
export function unfinishedCharacter(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    // A continuation: its first byte is in front of it.
    if (byte < 0xc0) continue;
    return lengthFrom(byte) > back && isBeginning(bytes.subarray(bytes.length - back)) ? back : 0;
  }
  return 0;
}

/** Text as it is, and each byte that is not UTF-8 as `\xff`. */
export function shownBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isUtf8(buffer)) return buffer.toString();
  let shown = '';
  let start = 0;
  let at = 0;
  while (at < buffer.length) {
    const byte = buffer[at] ?? 0;
    const length = lengthFrom(byte);
    if (length > 0 && isUtf8(buffer.subarray(at, at + length))) {
      at += length;
      continue;
    }
    shown += `${buffer.toString('utf8', start, at)}\\x${byte.toString(16).padStart(2, '0')}`;
    at += 1;
    start = at;
  }
  return shown + buffer.toString('utf8', start);
}

/** How long the character is that begins with this byte; 0 where none does. */
function lengthFrom(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xc2 || byte > 0xf4) return 0;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/** Whether some character begins with these bytes: the second one has narrower bounds after some first ones. */
function isBeginning([first = 0, second]: Uint8Array): boolean {
  if (second === undefined) return true;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  return second >= least && second <= most;
}
