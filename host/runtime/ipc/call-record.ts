import type { Blocks } from './blocks.ts';
import type { RingBuffer } from './ring-buffer.ts';
import type { Sending } from './sending.ts';

/** Before what a trigger writes of a call: its id, and the number of the trigger. */
const headBytes = 8;

/** @returns where the record ends; undefined when it can't be one now, or not at all */
export function writeCall<Call>(
  ring: RingBuffer,
  blocks: Blocks,
  id: number,
  trigger: number,
  sending: Sending<Call>,
  call: Call,
): number | undefined {
  const size = sending.size(call);
  if (size === undefined) return undefined;
  const at = ring.reserve(headBytes + size);
  if (at === undefined) return undefined;
  ring.words[at >> 2] = id;
  ring.words[(at >> 2) + 1] = trigger;
  return sending.write(ring, at + headBytes, call, blocks);
}

/** @param read reads what the trigger of that number wrote */
export function readCall<Call>(
  ring: RingBuffer,
  at: number,
  read: (trigger: number, ring: RingBuffer, at: number, id: number) => Call,
): Call {
  const id = ring.words[at >> 2] as number;
  return read(ring.words[(at >> 2) + 1] as number, ring, at + headBytes, id);
}
