import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './ask.ts';

/** What to start. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** The most that is kept of what a process prints, in characters. */
const longestLog = 20_000;
const gracePeriod = 5_000;

/** A process in a group of its own, so that whatever it starts is ended with it. */
export class RunningProcess implements AsyncDisposable {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #command: Command;
  readonly #killGroup = () => this.#signal('SIGKILL');
  #hasEnded = false;
  #log = '';

  constructor(command: Command) {
    this.#command = command;
    this.#child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: { ...process.env, NO_COLOR: '1', ...command.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.pid = this.#child.pid ?? 0;
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-longestLog);
      });
    }
    process.once('exit', this.#killGroup);
    this.#ended = Promise.race([
      once(this.#child, 'exit'),
      once(this.#child, 'error').then(([error]) => {
        this.#log += String(error);
      }),
    ])
      .catch((error: unknown) => {
        this.#log += String(error);
      })
      .then(() => {
        this.#hasEnded = true;
      });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The line of what it printed last that tells most, as far as that can be known. */
  get lastError(): string {
    const lines = this.#log.split('\n').filter((line) => line.trim() !== '');
    return (
      lines.findLast((line) => /error|panic/i.test(line)) ??
      lines.at(-1) ??
      'it printed nothing'
    ).trim();
  }

  /** Resolves when a GET is answered by a component; throws with its log when it ends before. */
  async firstAnswer(url: string, limit = 60_000): Promise<void> {
    const start = performance.now();
    while (!(await answers(url))) {
      if (this.#hasEnded) throw this.#failure('ended before it answered');
      if (performance.now() - start > limit) throw this.#failure(`gave no answer in ${limit} ms`);
      await sleep(1);
    }
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    this.#signal('SIGTERM');
    const isStopped = await Promise.race([
      this.#ended.then(() => true),
      sleep(gracePeriod, false, { ref: false }),
    ]);
    if (!isStopped) await this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#killGroup();
    await this.#ended;
    process.off('exit', this.#killGroup);
  }

  #signal(name: NodeJS.Signals): void {
    if (this.pid === 0) return;
    try {
      process.kill(-this.pid, name);
    } catch {
      // The whole group is gone.
    }
  }

  #failure(what: string): Error {
    const { file, args } = this.#command;
    return new Error(`${file} ${args.join(' ')} ${what}:\n${this.#log}`);
  }
}

/** Whether somebody listens there and serves already: `wash dev` listens before it does. */
async function answers(url: string): Promise<boolean> {
  try {
    const { status } = await ask(url);
    // A component that lacks a parameter answers 400; a host that does not serve yet answers otherwise.
    return status === 200 || status === 400;
  } catch {
    return false;
  }
}
