import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** How long a killed process is waited for, in milliseconds: where nobody takes note of its end, it seems to be there for ever. */
const patience = 1000;

/** A process that another one has started. */
export interface ChildOfServer {
  signal(name: NodeJS.Signals): void;
  /** Resolves when it is gone, or should be. */
  ended(): Promise<void>;
}

/**
 * The processes that a process has started of the same program.
 * @param program its name without the folder
 */
export async function childrenOf(pid: number, program: string): Promise<ChildOfServer[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,comm=']);
  const found: ChildOfServer[] = [];
  for (const line of stdout.split('\n')) {
    const [own, parent, ...command] = line.trim().split(/\s+/);
    if (Number(parent) !== pid || !command.join(' ').includes(program)) continue;
    found.push(childProcess(Number(own)));
  }
  return found;
}

function childProcess(pid: number): ChildOfServer {
  const send = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(pid, signal);
    } catch {
      return false;
    }
  };
  return {
    signal: (name) => void send(name),
    async ended() {
      const end = performance.now() + patience;
      while (send(0) && performance.now() < end) await sleep(5);
    },
  };
}
