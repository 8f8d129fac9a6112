import type { Output } from '../../runtime/outcome.ts';
import type { Terminals } from '../../runtime/worker/guest.ts';

/** How much of standard input may be under way between the threads, in bytes. */
export const inputWindow = 256 * 1024;

/** A run of a command as a worker gets it. */
export interface CommandRun {
  /** The first is the command's own name. */
  readonly args: readonly string[];
  readonly terminals: Terminals;
}

/** How a command ended. */
export interface CommandOutput extends Output {
  /** 0 where it answered ok, 1 where it answered an error, or what it has exited with. */
  readonly status?: number;
}

/** About a run, from the main thread to its worker. */
export type ToCommand =
  | { readonly type: 'input'; readonly bytes: Uint8Array }
  /** @param failure why standard input can't be read any further; absent where it has come to its end */
  | { readonly type: 'inputEnd'; readonly failure?: string };

/** About a run, from its worker to the main thread. */
export type FromCommand =
  /** The guest wants standard input. */
  | { readonly type: 'read' }
  /** It has read so many bytes more. */
  | { readonly type: 'credit'; readonly bytes: number };
