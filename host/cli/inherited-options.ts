import type { Command } from 'commander';

/** Gives a command the flags that stand before it and that it has too; one behind it wins. */
export function inheritOptions(command: Command): void {
  for (let above = command.parent; above !== null; above = above.parent) {
    for (const option of above.options) {
      const name = option.attributeName();
      const value: unknown = above.getOptionValue(name);
      if (value === undefined || isGiven(command, name)) continue;
      if (command.options.some((own) => own.attributeName() === name)) command.setOptionValue(name, value);
    }
  }
}

function isGiven(command: Command, name: string): boolean {
  return command.getOptionValue(name) !== undefined && command.getOptionValueSource(name) !== 'default';
}
