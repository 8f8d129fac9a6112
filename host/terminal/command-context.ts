import type { Readable, Writable } from 'node:stream';
import type { ReadStream } from 'node:tty';
import type { Output } from './output.ts';

/** The surroundings of a command line, so that it can be run within a test as well as in a process. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Aborted when the command is to end in good order. */
  readonly signal: AbortSignal;
  /**
   * To be called by a command once it has something to end in good order: before, a signal ends the process at once.
   *
   * @param patience how long that may take from the signal on, or from now if it has come, in milliseconds. Default: 0.8 s
   */
  readonly heedSignals?: ((patience: number) => void) | undefined;
  /** Where somebody sits who can press keys. Default: nobody does. */
  readonly terminal?: Terminal | undefined;
}

/** What a command is given. */
export interface CommandContext extends Omit<Surroundings, 'stdout' | 'stderr' | 'heedSignals'> {
  readonly stdout: Output;
  readonly stderr: Output;
  /** See `Surroundings`. */
  heedSignals(patience?: number): void;
}

/** A keyboard, and what Ctrl-C and Ctrl-Z do where they are keys as all others. */
export interface Terminal {
  readonly input: ReadStream;
  /** The first ends the command in good order, the second at once. */
  interrupt(): void;
  /** Hands the terminal back to the shell until the user comes back. */
  suspend(): void;
}
