import type { Command } from 'commander';
import type { CommandContext } from '../../terminal/command-context.ts';
import { configOption, directoryOption, type PlaceOptions } from '../../terminal/place-options.ts';

interface TypesOptions extends PlaceOptions {
  readonly out?: string;
  readonly all?: boolean;
}

/** Adds `kvasi types`. */
export function addTypesCommand(program: Command, context: CommandContext): void {
  program
    .command('types [component]')
    .description(
      'Write TypeScript declarations of what a component imports and exports besides what kvasi serves.',
    )
    .addOption(directoryOption())
    .addOption(configOption())
    .option('--out <file>', 'the file that gets them (default: standard output)')
    .option('--all', 'of all interfaces, also those that kvasi serves')
    .addHelpText(
      'after',
      `
A module of dev.imports, or functions given to startHost, implement them. Without a component it is those of the project
which -C or --config name.

Examples:
  kvasi types app.wasm
  kvasi types app.wasm --out app.d.ts
  kvasi types app.wasm --all
  kvasi types -C ../shop --out ../shop/imports.d.ts`,
    )
    .action(async (given: string | undefined, options: TypesOptions, command: Command) => {
      const { workloadGiven } = await import('../workload-given.ts');
      const workload = await workloadGiven(given, command, context);
      const { types } = await import('./types.ts');
      await types(workload, options, context);
    });
}
