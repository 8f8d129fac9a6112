import { type Flags, type ResolvedSettings, resolveSettings } from '../../composition/settings.ts';
import { HostError } from '../../shared/host-error.ts';
import type { CommandContext } from '../../terminal/command-context.ts';
import type { DevNote } from './dev-note.ts';
import { chooseHost } from './running-hosts.ts';

/** What a command is asked about: a project's settings, and the running `kvasi dev` if there is one. */
export interface AskedHost {
  readonly resolved: ResolvedSettings;
  /** Absent where none runs, or where the flag names a store, which is opened here then, whatever runs. */
  readonly host: DevNote | undefined;
}

/**
 * Resolves the settings, and finds the host that a command is for.
 *
 * @param flag names a store in place of a host
 * @param store what it names; undefined where it was not given
 * @throws {HostError} `usage` for a store and an address; see `chooseHost` for the rest
 */
export async function askedHost(
  flags: Flags,
  context: CommandContext,
  flag: '--backend' | '--blobs',
  store: string | undefined,
): Promise<AskedHost> {
  const resolved = await resolveSettings({ cwd: context.cwd, env: context.env, flags });
  if (store !== undefined) {
    if (flags.address === undefined) return { resolved, host: undefined };
    throw new HostError(
      'usage',
      `--address names a kvasi dev that runs, and ${flag} a store. Give one of them.`,
    );
  }
  const { directory, address } = resolved.settings;
  const asked = flags.address === undefined ? undefined : address;
  const { host, notice } = await chooseHost(directory, asked, flag);
  if (notice !== undefined) context.stderr.problem(`kvasi: ${notice}`);
  return { resolved, host };
}
