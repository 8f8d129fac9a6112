import type { Readable, Writable } from 'node:stream';

/** The surroundings of a command, so that it can be run within a test as well as in a process. */
export interface CommandContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Aborted when the command is to end in good order. */
  readonly signal: AbortSignal;
}
