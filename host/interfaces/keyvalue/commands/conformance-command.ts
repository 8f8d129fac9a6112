import { type Command, Option } from 'commander';
import { collect } from '../../../terminal/collect.ts';
import type { CommandContext } from '../../../terminal/command-context.ts';
import { directoryOption } from '../../../terminal/place-options.ts';
import type { ConformanceOptions } from './conformance.ts';

/**
 * Adds `kvasi conformance`.
 * @param done gets the exit code
 */
export function addConformanceCommand(
  program: Command,
  context: CommandContext,
  done: (code: 0 | 1) => void,
): void {
  program
    .command('conformance')
    .description('Hold a backend to what every backend does alike, yours or one of the host.')
    .addOption(directoryOption())
    .requiredOption(
      '--backend <name|url|module>',
      'in_memory, filesystem, sqlite, redis://…, nats://…, postgres://… or ./my-backend.ts',
    )
    .option('--option <key=value>', 'an option of a module; JSON, or else text; may be repeated', collect)
    .option('--group <name>', 'only this group of cases; may be repeated', collect)
    .addOption(
      new Option('--reporter <name>', 'a table, or JUnit XML').choices(['table', 'junit']).default('table'),
    )
    .addHelpText(
      'after',
      `
Examples:
  kvasi conformance --backend sqlite                  in a temporary folder
  kvasi conformance --backend redis://127.0.0.1:6379  in buckets of its own, which it removes
  kvasi conformance --backend ./my-backend.ts --option path=data --option pageSize=100
  kvasi conformance --backend ./my-backend.ts --reporter junit > report.xml`,
    )
    .action(async (options: ConformanceOptions) => {
      const { conformance } = await import('./conformance.ts');
      done(await conformance(options, context));
    });
}
