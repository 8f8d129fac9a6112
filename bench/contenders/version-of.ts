import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The first version number that a command prints; undefined if it cannot be run. */
export async function versionOf(file: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(file, args);
    return /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0];
  } catch {
    return undefined;
  }
}
