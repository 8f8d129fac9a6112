import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { component, main, root } from '../support/kvasi-process.ts';
import { Complaints } from './complaints.ts';
import { Debugger, type Held } from './debugger.ts';

/**
 * How long a request may go without progress, in milliseconds: a program that waits for ever is answered then. Those behind
 * one that computes for ever have to wait until its thread is found to be busy, which takes a second.
 */
export const requestTimeout = 3000;
const startPatience = 30_000;
/** The most that is kept of what was printed last, in characters. */
const longestTail = 2000;

/** What the operating system and Node tell of a host that is at rest. */
export interface Rest {
  readonly sockets: number;
  readonly threads: number;
  readonly residentBytes: number;
  readonly held: readonly Held[];
}

/** `kvasi dev` in a process of its own, with the component `improvise`. */
export class HostileHost implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #debugger: Debugger;
  readonly port: number;
  readonly #complaints = { stdout: new Complaints(), stderr: new Complaints() };
  #lastWords = '';

  private constructor(process: ChildProcess, port: number, debugging: Debugger) {
    this.#process = process;
    this.#ended = once(process, 'close');
    this.port = port;
    this.#debugger = debugging;
    for (const name of ['stdout', 'stderr'] as const) {
      process[name]?.on('data', (bytes: Buffer) => this.#look(name, bytes.toString('latin1')));
    }
  }

  static async start(): Promise<HostileHost> {
    const args = [
      // What V8 keeps for a while it gives back at once.
      ...[
        '--no-memory-pool',
        '--inspect=127.0.0.1:0',
        main,
        'dev',
        component('improvise'),
        '--address',
        '127.0.0.1:0',
      ],
      ...['--no-inspector', '--no-watch', '--request-timeout', `${requestTimeout}ms`],
    ];
    const child = spawn(process.execPath, args, {
      cwd: root,
      // glibc would keep what each of several threads has freed, more with each thread that was ended.
      env: { ...process.env, NO_COLOR: '1', MALLOC_ARENA_MAX: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const atExit = () => child.kill('SIGKILL');
    process.once('exit', atExit);
    child.once('close', () => process.off('exit', atExit));
    let printed = '';
    const keep = (bytes: Buffer): void => {
      printed += bytes.toString('latin1');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const deadline = performance.now() + startPatience;
    for (;;) {
      const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(printed)?.[1];
      const debugging = /ws:\/\/\S+/.exec(printed)?.[0];
      if (port !== undefined && debugging !== undefined) {
        child.stdout.off('data', keep);
        child.stderr.off('data', keep);
        return new HostileHost(child, Number(port), await Debugger.connect(debugging));
      }
      if (child.exitCode !== null || performance.now() > deadline) {
        child.kill('SIGKILL');
        throw new Error(`kvasi dev did not start:\n${printed}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null || this.#process.killed;
  }

  /** The last of what was printed on standard error. */
  get lastWords(): string {
    return this.#lastWords;
  }

  /** What it has printed that looks like a fault of its own, and was not taken yet. */
  takeComplaint(): string | undefined {
    return this.#complaints.stderr.take() ?? this.#complaints.stdout.take();
  }

  /** What it holds now, all garbage collected. */
  async rest(): Promise<Rest> {
    const held = await this.#debugger.held();
    const folder = `/proc/${this.#process.pid}`;
    const files = await readdir(`${folder}/fd`);
    const targets = await Promise.all(files.map((file) => readlink(`${folder}/fd/${file}`).catch(() => '')));
    const status = await readFile(`${folder}/status`, 'latin1');
    return {
      sockets: targets.filter((target) => target.startsWith('socket:')).length,
      threads: Number(/Threads:\s+(\d+)/.exec(status)?.[1]),
      residentBytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024,
      held,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#debugger[Symbol.dispose]();
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  #look(name: 'stdout' | 'stderr', text: string): void {
    if (name === 'stderr') this.#lastWords = (this.#lastWords + text).slice(-longestTail);
    this.#complaints[name].read(text);
    // With a debugger at it, a process that breaks down stays until that leaves.
    if (name === 'stderr' && text.includes('Waiting for the debugger to disconnect'))
      this.#process.kill('SIGKILL');
  }
}
