/** What the command line gives. Everything is as typed; nothing has been checked. */
export interface Flags {
  /** `-C DIR`: where relative paths of flags and variables start, and where the project is looked for. */
  readonly directory?: string | undefined;
  /** `--config FILE`. */
  readonly config?: string | undefined;
  /** The component's path, the command's argument. */
  readonly component?: string | undefined;
  /** `--address HOST:PORT`. */
  readonly address?: string | undefined;
  /** `--backend NAME|URL`: the store of every identifier. */
  readonly backend?: string | undefined;
  /** `--instances fresh|reuse`. */
  readonly instances?: string | undefined;
  /** `--threads N`. */
  readonly threads?: string | undefined;
  /** `--request-timeout DURATION`. */
  readonly requestTimeout?: string | undefined;
  /** `--limit NAME=VALUE`, as often as wanted. */
  readonly limit?: readonly string[] | undefined;
  /** `--log-level LEVEL`. */
  readonly logLevel?: string | undefined;
  /** `--env K=V`, or `--env K` to pass one of the host's variables on; may be given several times. */
  readonly env?: readonly string[] | undefined;
}
