import type { Command } from 'commander';
import type { CommandContext } from '../../terminal/command-context.ts';
import { configOption, directoryOption, type PlaceOptions } from '../../terminal/place-options.ts';
import { workloadGiven } from '../workload-given.ts';

interface InspectOptions extends PlaceOptions {
  readonly behavior?: string | true;
  readonly json?: boolean;
}

/**
 * Adds `kvasi inspect`.
 * @param done gets the exit code
 */
export function addInspectCommand(
  program: Command,
  context: CommandContext,
  done: (code: 0 | 1) => void,
): void {
  program
    .command('inspect [component]')
    .description('Show what a component imports and exports, and what would be served for each.')
    .addOption(directoryOption())
    .addOption(configOption())
    .option('--json', 'print one JSON object')
    .option(
      '--behavior [scenarios]',
      'run its scenarios (default: scenarios.yaml beside it) under every fault in turn, and show what it does',
    )
    .addHelpText(
      'after',
      `
Without a component it is that of the project which -C or --config name.

Examples:
  kvasi inspect app.wasm
  kvasi inspect app.wasm --json | jq .imports
  kvasi inspect app.wasm --behavior                   does it answer 5xx, hang or lose data when a store fails?
  kvasi inspect app.wasm --behavior tests/cart.yaml
  kvasi inspect -C ../shop`,
    )
    .action(async (given: string | undefined, options: InspectOptions, command: Command) => {
      const workload = await workloadGiven(given, command, context);
      if (options.behavior !== undefined) {
        const { inspectBehavior } = await import('./inspect-behavior.ts');
        done(await inspectBehavior(workload.path, options.behavior, options.json === true, context));
        return;
      }
      const { inspect } = await import('./inspect.ts');
      done(await inspect(workload, options.json === true, context));
    });
}
