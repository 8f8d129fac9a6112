import { type Command, Option } from 'commander';
import type { Flags } from '../composition/settings.ts';
import type { Setting } from '../settings/setting.ts';
import { collect } from '../terminal/collect.ts';
import { configOption, directoryOption } from '../terminal/place-options.ts';

/** What commander reads of the flags that several commands share. */
export type SharedOptions = Flags & { readonly json?: boolean };

/** Adds the flags of settings. @param without those that mean nothing to it, by the names of the settings */
export function settingsOptions(
  command: Command,
  settings: readonly Setting[],
  without: readonly string[] = [],
): Command {
  command.addOption(directoryOption()).addOption(configOption());
  for (const setting of settings) {
    const option = without.includes(setting.name) ? undefined : optionOf(setting);
    if (option !== undefined) command.addOption(option);
  }
  return command;
}

function optionOf({ flag, explanation = '', fallback = 'none', words }: Setting): Option | undefined {
  if (!flag?.name.startsWith('--')) return undefined;
  const sentence = explanation.charAt(0).toLowerCase() + explanation.slice(1).replace(/\.$/, '');
  const more = flag.repeats ? 'may be repeated' : `default: ${fallback}`;
  const option = new Option(`${flag.name} <${flag.takes}>`, plain(`${sentence} (${more})`));
  if (flag.repeats) option.argParser(collect);
  if (words !== undefined && flag.isChoice) option.choices(words);
  // For the completion of a shell. What else is given is refused with the other mistakes.
  else if (words !== undefined) option.argChoices = [...words];
  return option;
}

/** Markdown as a terminal shows it. */
const plain = (text: string): string => text.replaceAll('`', '');
