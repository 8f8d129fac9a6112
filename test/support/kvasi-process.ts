import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { noteFaults } from './process-faults.ts';

/** The repository's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
/** The executable. */
export const main = fileURLToPath(new URL('../../host/cli/main.ts', import.meta.url));
/** The most that is kept of each output, in characters; what comes later is dropped. */
const longestOutput = 4_000_000;
/** How long a command may take to end, and something to be printed, in milliseconds. */
const patience = 30_000;

/** What a finished command line left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output byte by byte, each a character. */
  readonly bytes: string;
}

export interface RunOptions {
  /** Default: the repository's folder. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the command reads. Default: nothing. */
  readonly stdin?: string | Uint8Array;
  /** How long it may take to end, in milliseconds. Default: 30 s. */
  readonly patience?: number;
  /** The most that is kept of each output, in characters; what comes later is dropped. Default: 4 million. */
  readonly mostOutput?: number;
}

export interface DevOptions extends RunOptions {
  /** Where to listen. Default: a free port of localhost. */
  readonly address?: 'as configured';
}

/** Runs a command line to its end. */
export async function runKvasi(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const started = new StartedKvasi(args, options);
  const { patience: most = patience } = options;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    started.kill('SIGKILL');
  }, most);
  await started.ended;
  clearTimeout(timer);
  const { stdout, stderr } = started.finished;
  if (isLate) throw new Error(`kvasi ${args.join(' ')} did not end in ${most} ms:\n${stdout}${stderr}`);
  return started.finished;
}

/** A component of this repository by its name. */
export function component(name: string, file = name): string {
  return fileURLToPath(new URL(`../../components/${name}/${file}.wasm`, import.meta.url));
}

/** `kvasi dev` as a user has it running; it is ended when the test is over. */
export class KvasiDev implements AsyncDisposable {
  readonly url: string;
  readonly #process: StartedKvasi;

  private constructor(url: string, process: StartedKvasi) {
    this.url = url;
    this.#process = process;
  }

  /** Starts on a free port, and throws with everything that was printed if it ends instead. */
  static async start(args: readonly string[], options: DevOptions = {}): Promise<KvasiDev> {
    const address = options.address === 'as configured' ? [] : ['--address', 'localhost:0'];
    const process = new StartedKvasi(['dev', ...address, ...args], options);
    try {
      return new KvasiDev(await process.until(/http:\/\/[\w.]+:\d+/), process);
    } catch (error) {
      process.kill('SIGKILL');
      await process.ended;
      throw error;
    }
  }

  get pid(): number {
    return this.#process.pid;
  }

  get stdout(): string {
    return this.#process.finished.stdout;
  }

  get stderr(): string {
    return this.#process.finished.stderr;
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.url + path, init);
  }

  async text(path: string, init?: RequestInit): Promise<string> {
    return await (await this.fetch(path, init)).text();
  }

  /** Waits until something has been printed, and answers the match. */
  until(pattern: RegExp): Promise<string> {
    return this.#process.until(pattern);
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** As `| head -1` does once it has its line. */
  closeStdout(): void {
    this.#process.closeStdout();
  }

  /** Resolves with the exit code. */
  get ended(): Promise<number | null> {
    return this.#process.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#process.ended;
  }
}

/** A command line that runs. */
export class StartedKvasi {
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  #stdout = '';
  #bytes = '';
  #stderr = '';
  #code: number | null = null;
  #isOver = false;

  constructor(
    args: readonly string[],
    { cwd = root, env = {}, stdin, mostOutput = longestOutput }: RunOptions = {},
  ) {
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
      this.#wake();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(0, mostOutput);
      this.#wake();
    });
    // Not left behind by tests that end in the middle.
    const atExit = () => this.#child.kill('SIGKILL');
    process.once('exit', atExit);
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      process.off('exit', atExit);
      // As a shell says it.
      this.#code =
        signal === null ? (code as number | null) : 128 + constants.signals[signal as NodeJS.Signals];
      this.#isOver = true;
      noteFaults(args.join(' '), this.#stderr);
      this.#wake();
      return this.#code;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
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

  async until(pattern: RegExp): Promise<string> {
    const deadline = performance.now() + patience;
    const timer = setTimeout(() => this.#wake(), patience);
    try {
      for (;;) {
        const match = pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr);
        if (match !== null) return match[0];
        const isLate = performance.now() >= deadline;
        if (this.#isOver || isLate) {
          const what = isLate ? `took ${patience} ms` : `ended with ${this.#code}`;
          throw new Error(`kvasi ${what} before it printed ${pattern}:\n${this.#stdout}${this.#stderr}`);
        }
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
