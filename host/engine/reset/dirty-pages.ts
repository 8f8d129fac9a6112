/**
 * How it is noted which parts of a memory were written. A part has 4 KiB. A write that begins in one part may end up to 15 bytes within
 * the next.
 *
 * - `bits`: in an i32, where bit n stands for the parts n, n + 32, n + 64, …: a component whose heap is small is told apart exactly, a
 *   large heap in stripes.
 * - `table`: in a memory of its own that has a byte for each part.
 */
export type Notes = 'bits' | 'table';
export const partShift = 12;
export const partSize = 1 << partShift;
/** How far the widest store reaches into the next part. */
export const overhang = 15;
export const allParts = -1;

const most = 31 * partSize;

/** Pages of a memory that has a byte for each part of the largest memory. */
export const tablePages = 16;

/** Notes in a table the parts that a range lies in. */
export function noteRange(table: Uint8Array, at: number, size: number): void {
  const last = (at + size) >>> partShift;
  for (let part = at >>> partShift; part <= last; part += 1) table[part] = 1;
}

/** The parts that a range lies in. */
export function partsOf(at: number, size: number): number {
  if (size > most) return allParts;
  const last = Math.floor((at + size) / partSize);
  let parts = 0;
  for (let part = at >>> partShift; part <= last; part += 1) parts |= 1 << part;
  return parts;
}
