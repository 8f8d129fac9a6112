import type { Readable, Writable } from 'node:stream';
import type { ReadStream } from 'node:tty';

/** The surroundings of a command, so that it can be run within a test as well as in a process. */
export interface CommandContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Aborted when the command is to end in good order. */
  readonly signal: AbortSignal;
  /** Where somebody sits who can press keys. Default: nobody does. */
  readonly terminal?: Terminal | undefined;
}

/** A keyboard, and what Ctrl-C and Ctrl-Z do where they are keys as all others. */
export interface Terminal {
  readonly input: ReadStream;
  /** The first ends the command in good order, the second at once. */
  interrupt(): void;
  /** Hands the terminal back to the shell until the user comes back. */
  suspend(): void;
}
