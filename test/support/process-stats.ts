import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Whether this machine tells what processes use, by files in `/proc`. */
export const hasProcessStats = process.platform === 'linux';

/** The most memory that a process has had at a time, in bytes. */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** How many processors a process keeps busy, seen for 0.3 s. */
export async function processorsBusy(pid: number): Promise<number> {
  const started = performance.now();
  const before = await processorSeconds(pid);
  await new Promise((resolve) => setTimeout(resolve, 300));
  return ((await processorSeconds(pid)) - before) / ((performance.now() - started) / 1000);
}

async function processorSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The processes that have this text in their command line, as lines of `ps`. */
export async function processesOf(text: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,args=']);
  return stdout.split('\n').filter((line) => line.includes(text));
}
