import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a build may take to end when it is told to, in milliseconds. */
const endGrace = 2000;
/** How long the last output may take after the command has ended, in milliseconds. */
const outputGrace = 200;

/** A command that builds the component. */
export interface BuildCommand {
  /** For the shell. */
  readonly command: string;
  readonly directory: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Takes what a build prints. */
/** Answers what to wait for before more is read, where nobody reads as fast. */
export type OnBuildOutput = (stream: 'stdout' | 'stderr', bytes: Uint8Array) => Promise<void> | undefined;

/** Runs a build to its end, or until the signal is aborted. Answers why it failed, or nothing. */
export async function runBuild(
  { command, directory, env }: BuildCommand,
  onOutput: OnBuildOutput,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (signal.aborted) return 'it was ended';
  const child = spawn(command, {
    shell: true,
    cwd: directory,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what the shell has started can be ended with it.
    detached: process.platform !== 'win32',
  });
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = child[name];
    stream.on('data', (bytes: Buffer) => {
      const read = onOutput(name, bytes);
      if (read === undefined) return;
      stream.pause();
      read.then(() => stream.resume());
    });
  }
  const kill = (name: NodeJS.Signals): void => killGroup(child.pid, name);
  const killNow = (): void => kill('SIGKILL');
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    kill('SIGTERM');
    timer = setTimeout(killNow, endGrace);
  };
  signal.addEventListener('abort', end);
  // Not left behind by a second Ctrl-C, which ends this process at once.
  process.once('exit', killNow);
  try {
    const closed = once(child, 'close');
    const [status, killedBy] = await once(child, 'exit');
    // What a daemon that the build has started may still print is not waited for.
    await Promise.race([closed, sleep(outputGrace)]);
    if (signal.aborted) return 'it was ended';
    if (killedBy !== null) return `it was killed by ${killedBy}`;
    return status === 0 ? undefined : `it ended with status ${status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
    // The shell may have gone before what it started.
    if (signal.aborted) killNow();
    signal.removeEventListener('abort', end);
    process.off('exit', killNow);
  }
}

function killGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, name);
  } catch {
    // It has ended already.
  }
}
