import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { HostError } from '../host-error.ts';

/** What commander reads of the flags that say where a command works. */
export interface PlaceOptions {
  readonly directory?: string | undefined;
  readonly config?: string | undefined;
}

export function directoryOption(): Option {
  return new Option('-C, --directory <dir>', 'the project folder (default: the working directory)');
}

export function configOption(): Option {
  return new Option(
    '--config <file>',
    'the configuration file (default: .wash/config.yaml, .yml, .json or .toml)',
  );
}

/**
 * What `-C` and `--config` say, wherever they stand: before a command or behind it. Each `-C` starts where the one before
 * has led, as git has it; the last `--config` counts.
 * @param cwd absolute
 * @returns the folder in which the command works, whether one was named, and the file
 * @throws {HostError} `usage`, where a folder is none
 */
export async function placeOf(
  command: Command,
  cwd: string,
): Promise<{ readonly cwd: string; readonly isNamed: boolean; readonly config: string | undefined }> {
  let folder = cwd;
  let isNamed = false;
  let config: string | undefined;
  for (const one of withParents(command)) {
    const options: PlaceOptions = one.opts();
    if (options.directory === '') throw new HostError('usage', '-C is "". Name the project\'s folder.');
    if (options.directory !== undefined) {
      folder = resolve(folder, options.directory);
      isNamed = true;
      await requireFolder(folder);
    }
    if (options.config === '') throw new HostError('usage', '--config is "". Name a configuration file.');
    // A path that was typed starts where the -C before it has led.
    if (options.config !== undefined) config = resolve(folder, options.config);
  }
  return { cwd: folder, isNamed, config };
}

function withParents(command: Command): Command[] {
  return command.parent === null ? [command] : [...withParents(command.parent), command];
}

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  const what = found === undefined ? 'does not exist' : 'is no folder';
  throw new HostError('usage', `${path} ${what}. Name the project's folder with -C.`);
}
