import type { Settings } from '../../composition/settings.ts';
import type { BuildCommand } from '../../dev/build.ts';
import type { CommandContext } from '../../terminal/command-context.ts';

/** Makes compilers print in colors, although what they print goes through a pipe. */
const colorful = { CARGO_TERM_COLOR: 'always', CLICOLOR_FORCE: '1', FORCE_COLOR: '1' };

/**
 * How a component is built; undefined where somebody else does that. A component that the command line names is built where the
 * command makes just that one.
 */
export function buildCommandOf(
  { build, directory }: Settings,
  path: string,
  { env, terminal }: CommandContext,
): BuildCommand | undefined {
  const { command, component = path } = build;
  if (command === undefined || component !== path) return undefined;
  const showsColors = terminal !== undefined && env.NO_COLOR === undefined;
  return { command, directory, env: { ...(showsColors ? colorful : {}), ...env, ...build.env } };
}
