import { jsonText } from './format.ts';

/** How a value is shown. */
export type Format = 'text' | 'json' | 'hex' | 'image';

/** The most that is shown as text, in bytes. */
export const mostText = 1024 * 1024;
/** The most that is shown as bytes. */
const mostHex = 64 * 1024;
const images: readonly (readonly [type: string, start: string])[] = [
  ['image/png', '89504e470d0a1a0a'],
  ['image/jpeg', 'ffd8ff'],
  ['image/gif', '47494638'],
  ['image/webp', '52494646'],
  ['image/bmp', '424d'],
];

/** The formats that fit a value, the most telling one first. */
export function formatsOf(bytes: Uint8Array): Format[] {
  const text = textOf(bytes);
  const formats: Format[] = [];
  if (imageType(bytes) !== undefined) formats.push('image');
  if (text !== undefined && jsonText(text) !== undefined) formats.push('json');
  if (text !== undefined) formats.push('text');
  return [...formats, 'hex'];
}

/** The value as text, or undefined where it is none. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The media type of an image, by its first bytes. */
export function imageType(bytes: Uint8Array): string | undefined {
  const start = [...bytes.subarray(0, 8)].map(hex).join('');
  const found = images.find(([, beginning]) => start.startsWith(beginning))?.[0];
  if (found !== undefined) return found;
  return /^\s*<svg[\s>]/.test(new TextDecoder().decode(bytes.subarray(0, 200))) ? 'image/svg+xml' : undefined;
}

/** Offset, sixteen bytes, and their characters, a line each. */
export function hexText(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, mostHex); at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const numbers = row.map(hex).join(' ').padEnd(47);
    const characters = row
      .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'))
      .join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${numbers}  ${characters}`);
  }
  if (bytes.length > mostHex) lines.push(`… and ${bytes.length - mostHex} bytes more`);
  return lines.join('\n');
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
