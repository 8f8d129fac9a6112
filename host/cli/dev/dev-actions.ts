import type { DevLoop } from '../../dev/dev-loop.ts';
import type { CommandContext } from '../../terminal/command-context.ts';
import type { DevHost } from './dev-host.ts';
import type { TextOutput } from './dev-text.ts';
import type { DevActions } from './shortcuts.ts';

/** What the keys of `kvasi dev` do; undefined where nobody sits who could press one. */
export function devActions(
  host: DevHost,
  loop: DevLoop,
  output: TextOutput,
  { terminal, stdout }: CommandContext,
): DevActions | undefined {
  if (terminal === undefined) return undefined;
  return {
    get url() {
      return host.url;
    },
    get inspector() {
      return host.inspector;
    },
    rebuild: () => loop.again(),
    toggleVerbose: () => {
      output.isVerbose = !output.isVerbose;
      return output.isVerbose;
    },
    quit: () => terminal.interrupt(),
    clear: () => stdout.clearScreen(),
    say: (lines) => stdout.lines(lines.split('\n')),
    complain: (line) => output.warning(line),
  };
}
