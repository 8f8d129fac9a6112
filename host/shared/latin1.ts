/** So many texts are remembered: most answers have the same headers as others. */
const remembered = 64;

const texts = new Array<string>(remembered).fill('');

/** Above this many bytes a call into Node is cheaper than a loop. */
const short = 64;

/**
 * The Latin-1 text of bytes. Header values are short, and to ask a short array for its buffer, as `Buffer.from` does, makes
 * V8 allocate one. A text that was made before is the same string: each character that is put behind others makes another one.
 */
export function latin1Text(bytes: Uint8Array): string {
  if (bytes.length > short)
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const { length } = bytes;
  if (length === 0) return '';
  const last = bytes[length - 1] as number;
  const place = (length + (bytes[0] as number) * 7 + last * 31) % remembered;
  const known = texts[place] as string;
  if (isTextOf(known, bytes)) return known;
  let text = '';
  for (let index = 0; index < length; index += 1) text += String.fromCharCode(bytes[index] as number);
  texts[place] = text;
  return text;
}

function isTextOf(text: string, bytes: Uint8Array): boolean {
  if (text.length !== bytes.length) return false;
  for (let index = 0; index < bytes.length; index += 1) {
    if (text.charCodeAt(index) !== bytes[index]) return false;
  }
  return true;
}
