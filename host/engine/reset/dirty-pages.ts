/**
 * It is noted which parts of a memory were written, in a memory of its own that has a byte for each part. A part has 4 KiB. A write that
 * begins in one part may end up to 15 bytes within the next.
 */
export const partShift = 12;
export const partSize = 1 << partShift;
/** How far the widest store reaches into the next part. */
export const overhang = 15;
/** Pages of a memory that has a byte for each part of the largest memory. */
export const tablePages = 16;

/** Notes the parts that a range lies in. */
export function noteRange(table: Uint8Array, at: number, size: number): void {
  const last = (at + size) >>> partShift;
  for (let part = at >>> partShift; part <= last; part += 1) table[part] = 1;
}
