import type { RingBuffer } from '../../../runtime/ipc/ring-buffer.ts';
import { absent } from '../../../shared/packed-strings.ts';
import type { MemoryChange } from '../backends/memory/in-memory-bucket.ts';

/*
 * Changes of in-memory buckets as records of a ring: words, when it was written, when it ends if the key has an end of its own, then
 * the name of the bucket, the key and the value.
 * Texts are in UTF-8, and a text that this can't say makes a message of the change.
 */

const headBytes = 24;
const expiring = 1;
/** The texts are ASCII, which is read faster. */
const ascii = 2;
/** The key has an end of its own. */
const ending = 4;
const endBytes = 8;
/** Up to so many bytes are copied one by one, which is faster. */
const shortValue = 64;
/** Of a longer value a message is made. */
const longestValue = 16 * 1024;
/** In place of the length of a bucket's name: it is that of the change before. */
const same = -2;
/** So many bytes a character takes in UTF-8, at most: longer ones are two of a string. */
const mostOfCharacter = 3;

/** Writes changes; knows what it wrote last. */
export class ChangeWriter {
  readonly #ring: RingBuffer;
  #bucket: string | undefined;

  constructor(ring: RingBuffer) {
    this.#ring = ring;
  }

  /** @returns where the record ends; undefined when it can't be one now, or not at all */
  write({ bucket, key, entry, expires }: MemoryChange): number | undefined {
    const length = entry?.value.length ?? 0;
    if (length > longestValue) return undefined;
    const isSame = bucket === this.#bucket;
    const nameLength = isSame ? 0 : bucket.length;
    const end = entry?.end;
    const head = end === undefined ? headBytes : headBytes + endBytes;
    const at = this.#ring.reserve(head + mostOfCharacter * (nameLength + key.length) + length);
    if (at === undefined) return undefined;
    const { words, doubles, bytes } = this.#ring;
    const nameAt = at + head;
    const keyAt = isSame ? nameAt : nameAt + bytes.write(bucket, nameAt);
    const valueAt = keyAt + bytes.write(key, keyAt);
    const isAscii = valueAt - nameAt === nameLength + key.length;
    if (!isAscii && !(bucket.isWellFormed() && key.isWellFormed())) return undefined;
    let word = at >> 2;
    words[word++] = isSame ? same : keyAt - nameAt;
    words[word++] = valueAt - keyAt;
    words[word++] = entry === undefined ? absent : length;
    words[word] = (expires ? expiring : 0) | (isAscii ? ascii : 0) | (end === undefined ? 0 : ending);
    doubles[(at + 16) >> 3] = entry?.written ?? 0;
    if (end !== undefined) doubles[(at + headBytes) >> 3] = end;
    if (entry !== undefined) bytes.set(entry.value, valueAt);
    this.#bucket = bucket;
    return valueAt + length;
  }
}

/** Reads what a `ChangeWriter` wrote, one after the other. */
export class ChangeReader {
  #bucket = '';

  read({ words, doubles, bytes }: RingBuffer, at: number): MemoryChange {
    let word = at >> 2;
    const nameLength = words[word++] as number;
    const keyLength = words[word++] as number;
    const valueLength = words[word++] as number;
    const flags = words[word] as number;
    const expires = (flags & expiring) !== 0;
    const encoding = (flags & ascii) === 0 ? 'utf8' : 'latin1';
    const written = doubles[(at + 16) >> 3] as number;
    const end = (flags & ending) === 0 ? undefined : (doubles[(at + headBytes) >> 3] as number);
    const nameAt = at + (end === undefined ? headBytes : headBytes + endBytes);
    const keyAt = nameAt + Math.max(nameLength, 0);
    const valueAt = keyAt + keyLength;
    if (nameLength !== same) this.#bucket = bytes.toString(encoding, nameAt, keyAt);
    const key = bytes.toString(encoding, keyAt, valueAt);
    if (valueLength === absent) return { bucket: this.#bucket, key, entry: undefined, expires };
    const value = new Uint8Array(valueLength);
    if (valueLength > shortValue) bytes.copy(value, 0, valueAt, valueAt + valueLength);
    else for (let index = 0; index < valueLength; index += 1) value[index] = bytes[valueAt + index] as number;
    const entry = end === undefined ? { value, written } : { value, written, end };
    return { bucket: this.#bucket, key, entry, expires };
  }
}
