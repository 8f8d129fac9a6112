import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { findExecutable } from '../peers.ts';
import type { Command } from '../running-process.ts';

const taskset = await findExecutable('taskset');
const lastCore = String(availableParallelism() - 1);

/** Whether the load generator stays on one core. */
export const isPinned = taskset !== undefined && process.platform === 'linux' && availableParallelism() > 1;

/** Runs a program on the last core, where that can be had, and resolves with what it printed. */
export async function runPinned({ file, args, env }: Command): Promise<string> {
  const [program, ...rest] =
    isPinned && taskset !== undefined ? [taskset, '-c', lastCore, file, ...args] : [file, ...args];
  return await new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(program ?? file, rest, options, (error, stdout, stderr) => {
      process.off('exit', kill);
      if (error === null) resolve(stdout);
      else reject(new Error(`${file} failed: ${error.message}\n${stderr}`));
    });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
  });
}
