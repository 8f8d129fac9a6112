import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
const main = fileURLToPath(new URL('../../host/cli/main.ts', import.meta.url));

/** What a finished command line left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Default: the repository's folder. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command line to its end. */
export async function runKvasi(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const started = new StartedKvasi(args, options);
  await started.ended;
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
  static async start(args: readonly string[], options: RunOptions = {}): Promise<KvasiDev> {
    const process = new StartedKvasi(['dev', '--address', 'localhost:0', ...args], options);
    const url = await process.until(/http:\/\/localhost:\d+/);
    return new KvasiDev(url, process);
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
  #stderr = '';
  #code: number | null = null;
  #isOver = false;

  constructor(args: readonly string[], { cwd = root, env = {} }: RunOptions = {}) {
    this.#child = spawn(process.execPath, [main, ...args], {
      cwd,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#wake();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#wake();
    });
    this.ended = once(this.#child, 'close').then(([code]) => {
      this.#code = code as number | null;
      this.#isOver = true;
      this.#wake();
      return this.#code;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get finished(): Finished {
    return { code: this.#code, stdout: this.#stdout, stderr: this.#stderr };
  }

  kill(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr);
      if (match !== null) return match[0];
      if (this.#isOver) {
        throw new Error(
          `kvasi ended with ${this.#code} before it printed ${pattern}:\n${this.#stdout}${this.#stderr}`,
        );
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
