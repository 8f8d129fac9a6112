/** Above this many bytes a call into Node is cheaper than a loop. */
const short = 64;

/**
 * The Latin-1 text of bytes. Header values are short, and to ask a short array for its buffer, as `Buffer.from` does, makes
 * V8 allocate one.
 */
export function latin1Text(bytes: Uint8Array): string {
  if (bytes.length > short)
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  let text = '';
  for (let index = 0; index < bytes.length; index += 1) text += String.fromCharCode(bytes[index] as number);
  return text;
}
