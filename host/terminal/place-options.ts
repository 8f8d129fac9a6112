import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { HostError } from '../shared/host-error.ts';
import { requireFolder } from '../shared/require-folder.ts';
import { collect } from './collect.ts';

/** What commander reads of the flags that say where a command works. */
export interface PlaceOptions {
  readonly directory?: string | undefined;
  readonly config?: string | undefined;
}

/** The folders that `-C` names, until they are one. */
interface TypedPlace {
  readonly directory?: readonly string[];
  readonly config?: string;
}

export function directoryOption(): Option {
  return new Option('-C, --directory <dir>', 'the project folder (default: the working directory)').argParser(
    collect,
  );
}

export function configOption(): Option {
  return new Option(
    '--config <file>',
    'the configuration file (default: .wash/config.yaml, .yml, .json or .toml)',
  );
}

/**
 * What `-C` and `--config` say, wherever they stand: before a command or behind it. Each `-C` starts where the one before
 * has led, as git has it; the last `--config` counts, and starts where all of them lead.
 * @param cwd absolute
 * @returns the folder in which the command works, whether one was named, and the file
 * @throws {HostError} `usage`, where a folder is none
 */
export async function placeOf(
  command: Command,
  cwd: string,
): Promise<{ readonly cwd: string; readonly isNamed: boolean; readonly config: string | undefined }> {
  const typed = withParents(command).map((one) => one.opts<TypedPlace>());
  const directories = typed.flatMap(({ directory = [] }) => directory);
  let folder = cwd;
  for (const directory of directories) {
    if (directory === '') throw new HostError('usage', '-C is "". Name the project\'s folder.');
    folder = resolve(folder, directory);
    await requireFolder(folder);
  }
  const configs = typed.flatMap(({ config }) => config ?? []);
  if (configs.includes('')) throw new HostError('usage', '--config is "". Name a configuration file.');
  const config = configs.at(-1);
  return {
    cwd: folder,
    isNamed: directories.length > 0,
    config: config === undefined ? undefined : resolve(folder, config),
  };
}

function withParents(command: Command): Command[] {
  return command.parent === null ? [command] : [...withParents(command.parent), command];
}
