import { execFile } from 'node:child_process';
import { basename, resolve } from 'node:path';
import { reasonOf } from '../../shared/host-error.ts';

/** How long a program may take to say its version, in milliseconds. */
const patience = 5000;

/** A program of this machine that says which version it is. */
export interface ServerProgram {
  /** As it is started: an absolute path, or a name that is looked for on PATH. */
  readonly command: string;
  /** For people: `redis-server 7.0.15`. */
  readonly text: string;
}

/**
 * Asks a program for its version.
 * @param given a path, which may be relative to `cwd`, or a name that is looked for on PATH
 * @returns why it is no server that can be started: `is not found on PATH`
 */
export async function serverProgram(given: string, cwd: string): Promise<ServerProgram | { why: string }> {
  const command = /[\\/]/.test(given) ? resolve(cwd, given) : given;
  const { promise, resolve: settle } = Promise.withResolvers<{ output: string } | { why: string }>();
  const options = { timeout: patience, killSignal: 'SIGKILL', maxBuffer: 1_000_000 } as const;
  try {
    execFile(command, ['--version'], options, (error, stdout, stderr) => {
      if (error === null) settle({ output: stdout + stderr });
      else settle({ why: reasonFor(error, command) });
    }).stdin?.end();
  } catch (error) {
    // A name that no file can have.
    return { why: `can't be started: ${reasonOf(error)}` };
  }
  const answer = await promise;
  if ('why' in answer) return answer;
  const version = /(?<![\w.])[vV]?=?(\d+\.\d+[\w.+-]*)/.exec(answer.output)?.[1];
  if (version === undefined) return { why: 'says no version where it is asked for --version' };
  return { command, text: `${basename(command)} ${version}` };
}

function reasonFor(error: Error & { code?: unknown; killed?: boolean }, command: string): string {
  if (error.killed === true) return `does not say its version within ${patience / 1000} s`;
  switch (error.code) {
    case 'ENOENT':
      return /[\\/]/.test(command) ? 'does not exist' : 'is not found on PATH';
    case 'EACCES':
      return 'is no program that this user may start';
    default:
      return typeof error.code === 'number'
        ? `ends with ${error.code} where it is asked for --version`
        : `can't be started: ${error.message}`;
  }
}
