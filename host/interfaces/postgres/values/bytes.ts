import { type Codec, WrongValue } from './codec.ts';

/** Bits, the first one the highest of the first byte, and how many there are. Source: `to_bytes` of Rust's crate bit-vec. */
type Bits<Size> = readonly [size: Size, bytes: Uint8Array];

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export const bytea: Codec<Uint8Array> = {
  write: (bytes) => `\\x${Buffer.from(bytes).toString('hex')}`,
  read: (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex')),
};

export const bit: Codec<Bits<number>> = {
  write: ([size, bytes]) => bitText(bytes, size),
  read: (text) => [text.length, bytesOf(text)],
};

/** The size is the most that there may be, or how many there are. */
export const varbit: Codec<Bits<number | undefined>> = {
  write: ([size, bytes]) => bitText(bytes, size ?? bytes.length * 8),
  read: (text) => [text.length, bytesOf(text)],
};

/** Text of so many bytes. */
export const char: Codec<Bits<number>> = {
  write([size, bytes]) {
    if (bytes.length !== size)
      throw new WrongValue(`it has ${bytes.length} bytes and says that it has ${size}`);
    return textOf(bytes);
  },
  read(text) {
    const bytes = encoder.encode(text);
    return [bytes.length, bytes];
  },
};

/** Text of at most so many bytes. */
export const varchar: Codec<Bits<number | undefined>> = {
  write([most, bytes]) {
    if (most !== undefined && bytes.length > most)
      throw new WrongValue(`it has ${bytes.length} bytes, and at most ${most} are allowed`);
    return textOf(bytes);
  },
  read: (text) => [undefined, encoder.encode(text)],
};

function bitText(bytes: Uint8Array, size: number): string {
  if (Math.ceil(size / 8) !== bytes.length)
    throw new WrongValue(`${size} bits are not in ${bytes.length} bytes`);
  return Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .slice(0, size);
}

function bytesOf(bits: string): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const at of bytes.keys()) {
    bytes[at] = Number.parseInt(bits.slice(at * 8, at * 8 + 8).padEnd(8, '0'), 2);
  }
  return bytes;
}

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new WrongValue('it is no text in UTF-8');
  }
}
