import { readFile } from 'node:fs/promises';
import type { Terminal } from './command-context.ts';

/** The terminal of a process, where somebody sits in front of it. */
export async function terminalOf(
  { stdin, stdout, kill }: NodeJS.Process,
  interrupt: () => void,
): Promise<Terminal | undefined> {
  if (!stdin.isTTY || !stdout.isTTY || !(await isInForeground())) return undefined;
  return {
    input: stdin,
    interrupt,
    // The whole group, so that the shell sees npm stopped where npm has started us.
    suspend: () => kill(0, 'SIGTSTP'),
  };
}

/** A shell's background job is stopped when it touches the terminal; only Linux tells without a further process. */
async function isInForeground(): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const [, , group, , , foreground] =
    (await readFile('/proc/self/stat', 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return group === foreground;
}
