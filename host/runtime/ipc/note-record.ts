import type { Blocks, Lent, Part } from './blocks.ts';
import type { RingBuffer } from './ring-buffer.ts';

/*
 * What one thread tells the other about a call without a message: a number of one kind, or bytes in a block. The second word, which
 * has the trigger of a call or the number of operations of an output, tells which.
 */

const note = -2;
const bytes = -3;
const recordBytes = 16;

/** Who is told. */
export interface Noted {
  /** @param kind what it means is the trigger's */
  note(id: number, kind: number, amount: number): void;
  /** Must see to it that they are given back. */
  bytes(id: number, lent: Lent): void;
}

/** @returns where the record ends; undefined when there is no room for it now */
export function writeNote(ring: RingBuffer, id: number, kind: number, amount: number): number | undefined {
  return write(ring, id, note, kind, amount);
}

export function writeBytes(ring: RingBuffer, id: number, { at, length }: Part): number | undefined {
  return write(ring, id, bytes, at, length);
}

/** Reads a record, where it is one of these. Answers false where it is none. */
export function readNote(ring: RingBuffer, at: number, blocks: Blocks, noted: Noted): boolean {
  const { words } = ring;
  const word = at >> 2;
  const mark = words[word + 1] as number;
  if (mark > note) return false;
  const [id, first, second] = [words[word], words[word + 2], words[word + 3]] as [number, number, number];
  if (mark === note) noted.note(id, first, second);
  else noted.bytes(id, blocks.lend({ at: first, length: second }));
  return true;
}

function write(
  ring: RingBuffer,
  id: number,
  mark: number,
  first: number,
  second: number,
): number | undefined {
  const at = ring.reserve(recordBytes);
  if (at === undefined) return undefined;
  const { words } = ring;
  const word = at >> 2;
  words[word] = id;
  words[word + 1] = mark;
  words[word + 2] = first;
  words[word + 3] = second;
  return at + recordBytes;
}
