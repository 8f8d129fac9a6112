import type { Stats } from 'node:fs';

/** What tells a file from all others, whatever its name. */
export type FileIdentity = Pick<Stats, 'dev' | 'ino'>;

/** One of the outputs of this program. */
export interface PrintedOutput {
  /** The file that it goes to: `kvasi dev > kvasi.log`. */
  readonly file: FileIdentity | undefined;
  /** From now on lines are remembered. */
  remember(): void;
  /** The last lines that kvasi itself has printed, oldest first. */
  recentLines(): readonly string[];
}
