import type { RingBuffer } from './ipc/ring-buffer.ts';
import type { Sending } from './ipc/sending.ts';
import type { Output } from './outcome.ts';

/** Turns something outside into calls of an export of the component, on the main thread. */
export interface Trigger<Call = never> {
  /** The name of its folder. */
  readonly name: string;
  readonly calls: Sending<Call>;
  /** Reads a part of what came of a call, from where it was written. */
  readOutput(ring: RingBuffer, at: number, id: number): Output;
}
