import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';

/** How long a command may take, in milliseconds. */
const patience = 180_000;

/** The groups of processes that run. */
const running = new Set<number>();
process.on('exit', () => {
  for (const pid of running) kill(pid);
});

/** A command that did not end as it should, with all that it printed. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

export interface CommandOptions {
  readonly cwd: string;
  /** The Node that it finds first. Default: that of the repository. */
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The exit code that is right. Default 0. */
  readonly code?: number;
}

/** Runs a command to its end and answers its standard output. Throws `CommandFailed`. */
export async function command(
  [program = '', ...args]: readonly string[],
  { cwd, node = process.execPath, env = {}, code = 0 }: CommandOptions,
): Promise<string> {
  const child = spawn(program, args, {
    cwd,
    env: {
      ...inherited(),
      NO_COLOR: '1',
      PATH: [dirname(node), process.env.PATH ?? ''].join(delimiter),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what it has started ends with it.
    detached: process.platform !== 'win32',
  });
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  let stdout = '';
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    printed += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    if (pid !== undefined) kill(pid);
  }, patience);
  const ended = await new Promise<number | string | null>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (status, signal) => resolve(status ?? signal));
  });
  clearTimeout(timer);
  if (pid !== undefined) running.delete(pid);
  if (ended === code) return stdout;
  const how = isLate ? `did not end in ${patience / 1000} s` : `ended with ${ended}`;
  throw new CommandFailed(`${[program, ...args].join(' ')} ${how}, in ${cwd}:\n${printed}`);
}

function kill(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** The environment without what an outer npm has set for its script. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_(?!config_(registry|cache|userconfig))|INIT_CWD|NODE_ENV)/i.test(name),
    ),
  );
}
