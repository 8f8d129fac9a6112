import type { ProjectHost } from '../../testing/scenarios/project-host.ts';

/** How `kvasi test` can tell what came of it. */
export const testReporters = ['table', 'junit', 'json', 'tap'] as const;

/** What commander reads of the flags of `test`. */
export interface TestOptions {
  /** Names of backends; several may be in one text, with commas. */
  readonly against?: readonly string[];
  /** A part of the names of the scenarios that are to run. */
  readonly name?: string;
  /** The programs of servers. */
  readonly redisServer?: string;
  readonly natsServer?: string;
  readonly postgresServer?: string;
  readonly watch?: boolean;
  readonly update?: boolean;
  /** Told of each file that `update` has written. */
  readonly wrote?: (path: string) => void;
  /** What scenarios leave open. */
  readonly project?: ProjectHost | undefined;
  readonly reporter: (typeof testReporters)[number];
}
