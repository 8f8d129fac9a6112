import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

/** Ways to end that a terminal or another process has for all processes of a group or a user. */
const heedless = "trap '' HUP INT QUIT TERM USR1 USR2 PIPE ALRM TSTP";
/** The descriptor that ends with the thread on its other side, whatever ends that: not even SIGKILL leaves it open. */
const lifeline = 3;
/** Goes before what a shell becomes: ends the whole group of it, the waiting shell included, when the lifeline does. */
const watch = `(${heedless}; read -r _ <&${lifeline}; kill -s KILL -- -$$) </dev/null >/dev/null 2>&1 &`;

const running = new Set<BoundProcess>();
const killAll = (): void => {
  for (const one of running) one.kill();
};

/**
 * A program that ends, with all that it has started, when the thread that started it does: at its end, at `process.exit`, by an
 * error, by a signal, SIGKILL included, and where a worker is terminated. It keeps no process from ending, and Ctrl-C in the terminal
 * is not its business.
 */
export class BoundProcess {
  readonly #child: ChildProcess;
  #isOver = false;
  /** Resolves when it has ended or could not be started. */
  readonly ended: Promise<void>;

  /**
   * @param print gets what it prints, and why it could not be started
   * @param user who runs it. Default: whoever runs this
   */
  constructor(
    command: string,
    args: readonly string[],
    print: (text: string) => void,
    user?: { readonly uid: number; readonly gid: number },
  ) {
    this.#child = inSession(`${watch} exec "$@" ${lifeline}>&-`, [command, ...args], 'pipe', user);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    const over = (): void => {
      // What it has started, and the shell that waits.
      this.kill();
      this.#isOver = true;
      forget(this);
      resolve();
    };
    this.#child.once('error', (error) => {
      print(error.message);
      over();
    });
    this.#child.once('exit', over);
    this.#child.stdout?.on('data', (data) => print(String(data)));
    this.#child.stderr?.on('data', (data) => print(String(data)));
    if (running.size === 0) process.prependListener('exit', killAll);
    running.add(this);
  }

  /** Its number; undefined where it could not be started, or is gone. */
  get pid(): number | undefined {
    return this.#isOver ? undefined : this.#child.pid;
  }

  /** Ends it the hard way. */
  kill(): void {
    const { pid } = this.#child;
    // Another process may have its number by now.
    if (pid === undefined || this.#isOver) return;
    try {
      process.kill(isPosix ? -pid : pid, 'SIGKILL');
    } catch {
      // It is gone.
    }
  }

  /** Ends it the hard way, and waits until it is gone. */
  async end(): Promise<void> {
    this.#child.ref();
    this.kill();
    await this.ended;
  }

  /**
   * Tells it to end, and waits until it has, or for some time.
   * @param patience milliseconds
   */
  async tryToEnd(name: NodeJS.Signals, patience: number): Promise<void> {
    this.#child.ref();
    this.signal(name);
    // One that was stopped would not hear of it.
    this.signal('SIGCONT');
    const { promise, resolve } = Promise.withResolvers<void>();
    const late = setTimeout(resolve, patience);
    await Promise.race([this.ended, promise]);
    clearTimeout(late);
  }

  /** To it alone: what waits for the end of this thread goes on. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}

function forget(one: BoundProcess): void {
  running.delete(one);
  if (running.size === 0) process.off('exit', killAll);
}

/** Removes a folder; somebody may write into it for a moment, so that it has to be tried for some seconds. */
const removeFolder = `${heedless}; read -r _ <&${lifeline}; PATH=$PATH:/usr/bin:/bin; n=0
while rm -rf -- "$1"; [ -e "$1" ] && [ $n -lt 100 ]; do n=$((n + 1)); sleep 0.1 || sleep 1; done`;

/**
 * Removes a folder when this thread ends, in whatever way.
 * @param path absolute; need not be there yet
 * @returns removes it now, in the background
 */
export function removeAtEnd(path: string): () => void {
  if (!isPosix) return () => {};
  const child = inSession(removeFolder, [path], 'ignore');
  // Without a shell, folders are removed where a process ends by itself.
  child.once('error', () => {});
  return () => child.stdio[lifeline]?.destroy();
}

const isPosix = process.platform !== 'win32';

/** Runs a script in a session of its own, where the terminal's signals do not come. */
function inSession(
  script: string,
  args: readonly string[],
  output: 'pipe' | 'ignore',
  user: { readonly uid?: number; readonly gid?: number } = {},
): ChildProcess {
  const [command = '', ...others] = args;
  const child = isPosix
    ? spawn('/bin/sh', ['-c', script, 'sh', ...args], {
        ...user,
        detached: true,
        stdio: ['ignore', output, output, 'pipe'],
      })
    : spawn(command, others, { stdio: ['ignore', output, output] });
  child.unref();
  for (const stream of child.stdio) {
    if (!(stream instanceof Socket)) continue;
    stream.unref();
    stream.on('error', () => {});
  }
  return child;
}
