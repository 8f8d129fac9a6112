import { type Blocks, blockSize, type Part } from './blocks.ts';

/**
 * Copies chunks to blocks, as far as there are any.
 *
 * @param send tells of a part; answers false where it can't now
 * @returns how many bytes were sent
 */
export function fillBlocks(
  blocks: Blocks,
  chunks: readonly Uint8Array[],
  send: (part: Part) => boolean,
): number {
  let sent = 0;
  let at: number | undefined;
  let used = 0;
  const sendBlock = (): boolean => {
    if (at === undefined) return true;
    const isSent = send({ at, length: used });
    if (isSent) sent += used;
    else blocks.free(at);
    at = undefined;
    used = 0;
    return isSent;
  };
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      at ??= blocks.take();
      if (at === undefined) return sent;
      const to = Math.min(chunk.length, from + blockSize - used);
      blocks.put(chunk.subarray(from, to), at + used);
      used += to - from;
      from = to;
      if (used === blockSize && !sendBlock()) return sent;
    }
  }
  sendBlock();
  return sent;
}
