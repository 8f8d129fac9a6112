/**
 * Which parts of a memory were written, as the bits of an i32. A part has 4 KiB, and bit n stands for the parts n, n + 32, n + 64, …:
 * a component whose heap is small is told apart exactly, a large heap in stripes. A write that begins in one part may end up to 15 bytes
 * within the next.
 */
export const partShift = 12;
export const partSize = 1 << partShift;
/** How far the widest store reaches into the next part. */
export const overhang = 15;
export const allParts = -1;

const most = 31 * partSize;

/** The parts that a range lies in. */
export function partsOf(at: number, size: number): number {
  if (size > most) return allParts;
  const last = Math.floor((at + size) / partSize);
  let parts = 0;
  for (let part = at >>> partShift; part <= last; part += 1) parts |= 1 << part;
  return parts;
}
