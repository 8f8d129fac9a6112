import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  CommandLine,
  DevCommand,
  type DevOptions,
  devArguments,
  devFolder,
  devUrl,
  type Finished,
  type RunOptions,
} from './command-line.ts';
import { hostUrl } from './host-url.ts';
import { noteFaults } from './process-faults.ts';

export type { Finished, RunOptions } from './command-line.ts';

/** The repository's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
/** The executable. */
export const main = fileURLToPath(hostUrl('cli/main'));
/** The most that is kept of each output, in characters; what comes later is dropped. */
const longestOutput = 4_000_000;

/** Runs a command line to its end. */
export async function runKvasi(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return await new StartedKvasi(args, options).finish(args, options);
}

/** A component of this repository by its name. */
export function component(name: string, file = name): string {
  return fileURLToPath(new URL(`../../components/${name}/${file}.wasm`, import.meta.url));
}

/** `kvasi dev` as a user has it running; it is ended when the test is over. */
export class KvasiDev extends DevCommand<StartedKvasi> implements AsyncDisposable {
  /** Starts on a free port, and throws with everything that was printed if it ends instead. */
  static async start(args: readonly string[], options: DevOptions = {}): Promise<KvasiDev> {
    const process = new StartedKvasi(devArguments(args, options), { ...options, cwd: devFolder(options) });
    try {
      return new KvasiDev(await process.until(devUrl), process);
    } catch (error) {
      process.kill('SIGKILL');
      await process.ended;
      throw error;
    }
  }

  get pid(): number {
    return this.command.pid;
  }

  signal(name: NodeJS.Signals): void {
    this.command.kill(name);
  }

  /** As `| head -1` does once it has its line. */
  closeStdout(): void {
    this.command.closeStdout();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.command.kill('SIGKILL');
    await this.command.ended;
  }
}

/** A command line that runs. */
export class StartedKvasi extends CommandLine {
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  #stdout = '';
  #bytes = '';
  #stderr = '';
  #code: number | null = null;
  protected isOver = false;

  constructor(
    args: readonly string[],
    { cwd = root, env = {}, stdin, mostOutput = longestOutput }: RunOptions = {},
  ) {
    super();
    this.#child = spawn(process.execPath, [main, ...args], {
      cwd,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    this.#child.stdin?.end(stdin);
    const decoder = new TextDecoder();
    this.#child.stdout?.on('data', (bytes: Buffer) => {
      this.#bytes = (this.#bytes + bytes.toString('latin1')).slice(0, mostOutput);
      this.#stdout = (this.#stdout + decoder.decode(bytes, { stream: true })).slice(0, mostOutput);
      this.wake();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(0, mostOutput);
      this.wake();
    });
    // Not left behind by tests that end in the middle.
    const atExit = () => this.#child.kill('SIGKILL');
    process.once('exit', atExit);
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      process.off('exit', atExit);
      // As a shell says it.
      this.#code =
        signal === null ? (code as number | null) : 128 + constants.signals[signal as NodeJS.Signals];
      this.isOver = true;
      noteFaults(args.join(' '), this.#stderr);
      this.wake();
      return this.#code;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  protected endAtOnce(): void {
    this.kill('SIGKILL');
  }

  get finished(): Finished {
    return { code: this.#code, stdout: this.#stdout, stderr: this.#stderr, bytes: this.#bytes };
  }

  kill(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  closeStdout(): void {
    this.#child.stdout?.destroy();
  }
}
