import type { Command } from 'commander';
import type { Setting } from '../settings/setting.ts';
import type { CommandContext } from '../terminal/command-context.ts';
import { type SharedOptions, settingsOptions } from './settings-options.ts';

/** What is said of requests, and says nothing to a command. */
const ofRequests = ['address', 'instances', 'threads', 'requestTimeout', 'logLevel'];

/** Adds `kvasi run`. @param done gets the exit code */
export function addRunCommand(
  program: Command,
  context: CommandContext,
  done: (code: number) => void,
  settings: readonly Setting[],
): void {
  settingsOptions(program.command('run <component> [args...]'), settings, ofRequests)
    .description('Run a component that is a command, with its own arguments, input, output and exit code.')
    .passThroughOptions()
    .addHelpText(
      'after',
      `
What stands behind the component is the component's. Flags of kvasi stand before it.

Examples:
  kvasi run tool.wasm --verbose a.txt                 --verbose is the component's
  kvasi run --env GREETING=hello tool.wasm            set a variable for it
  cat words.txt | kvasi run sort.wasm | head          in a pipe
  kvasi run -C ../shop jobs.wasm                      with the buckets and variables of a project

Exit codes: 0 where it answers ok, 1 where it answers an error, else what it exits with; 134 where it traps, 130 where it
is interrupted.`,
    )
    .action(async (component: string, args: readonly string[], options: SharedOptions) => {
      const { runComponent } = await import('./run-component.ts');
      done(await runComponent(component, args, options, context));
    });
}
