import type { Lent, Part } from './ipc/blocks.ts';
import type { PackedTrace } from './trace/packed-trace.ts';

/** A part of what comes of a call, or all of it. What else there is, is the trigger's. */
export interface Output {
  readonly id: number;
  /** The guest has ended. */
  outcome?: Outcome | undefined;
  /** Bytes of it that lie in a block, where it is sent; and where it is received. */
  part?: Part | undefined;
  lent?: Lent | undefined;
}

/** How a handler ended. */
export interface Outcome {
  readonly operations: PackedTrace;
  readonly trap?: Trap;
}

/** Why a component stopped in the middle. */
export interface Trap {
  readonly reason: string;
  /** The wasm frames, innermost first, as `function name` or `wasm-function[12]`, with the offset. */
  readonly backtrace: readonly string[];
  /** Set when the stack was used up, by endless recursion or because it is shallow. */
  readonly isStackExhausted?: true;
  /** Set when the fault is the host's and not the component's. */
  readonly hostStack?: string;
}

/** What is said of a call that ended in a trap. */
export function whyTrapped({ reason }: Pick<Trap, 'reason'>): string {
  return `the component trapped: ${reason}`;
}

/** Why a call failed: the component trapped, or the host says why. Undefined where it did not fail. */
export function whyFailed({
  trap,
  failure,
}: {
  trap: Trap | undefined;
  failure: string | undefined;
}): string | undefined {
  return trap === undefined ? failure : whyTrapped(trap);
}
