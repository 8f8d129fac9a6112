import type { Flags } from '../../composition/settings.ts';

/** What the command line of `kvasi dev` says. */
export interface DevFlags extends Flags {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly watch?: boolean;
  /** The file of scenarios that is to be written. */
  readonly record?: string;
  /** A port of its own choice where none is given. */
  readonly inspector: 'off' | { readonly port: number | undefined };
}
