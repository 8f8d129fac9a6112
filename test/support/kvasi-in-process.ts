import { enableCompileCache } from 'node:module';
import { Readable, Writable } from 'node:stream';
import { run } from '../../host/cli/run.ts';
import { enableJspi } from '../../host/engine/jspi.ts';
import { type DevOptions, type Finished, type RunOptions, root } from './kvasi-process.ts';
import { noteFaults } from './process-faults.ts';

/**
 * The same as `kvasi-process.ts`, without a process for each command line: for tests in which the process is not the point, a tenth of
 * the time. What ends it is the abort of its signal.
 */
export { component, type Finished, type RunOptions, root } from './kvasi-process.ts';

enableJspi();
// Workers load five times as fast with what V8 made of their code before.
enableCompileCache();

/** How long a command may take to end, and something to be printed, in milliseconds. */
const patience = 30_000;

/** Runs a command line to its end. */
export async function runKvasi(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const command = new Command(args, options);
  const timer = setTimeout(() => command.stop(), options.patience ?? patience);
  await command.ended;
  clearTimeout(timer);
  return command.finished;
}

/** `kvasi dev` as a user has it running; it is ended in good order when the test is over. */
export class KvasiDev implements AsyncDisposable {
  readonly url: string;
  readonly #command: Command;

  private constructor(url: string, command: Command) {
    this.url = url;
    this.#command = command;
  }

  /** Starts on a free port, and throws with everything that was printed if it ends instead. */
  static async start(args: readonly string[], options: DevOptions = {}): Promise<KvasiDev> {
    const address = options.address === 'as configured' ? [] : ['--address', 'localhost:0'];
    const command = new Command(['dev', ...address, ...args], options);
    try {
      return new KvasiDev(await command.until(/http:\/\/[\w.]+:\d+/), command);
    } catch (error) {
      command.stop();
      await command.ended;
      throw error;
    }
  }

  get stdout(): string {
    return this.#command.finished.stdout;
  }

  get stderr(): string {
    return this.#command.finished.stderr;
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.url + path, init);
  }

  async text(path: string, init?: RequestInit): Promise<string> {
    return await (await this.fetch(path, init)).text();
  }

  /** Waits until something has been printed, and answers the match. */
  until(pattern: RegExp): Promise<string> {
    return this.#command.until(pattern);
  }

  /** Resolves with the exit code. */
  get ended(): Promise<number> {
    return this.#command.ended;
  }

  /** Ends it in good order, as the first Ctrl-C does. */
  async stop(): Promise<void> {
    await this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#command.stop();
    await this.#command.ended;
  }
}

/** A command line that runs in this process. */
class Command {
  readonly ended: Promise<number>;
  readonly #stop = new AbortController();
  readonly #stdout = new Printed(() => this.#wake());
  readonly #stderr = new Printed(() => this.#wake());
  readonly #waiting = new Set<() => void>();
  #code: number | null = null;

  constructor(args: readonly string[], { cwd = root, env = {}, stdin }: RunOptions) {
    const surroundings = {
      cwd,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdin: Readable.from(stdin === undefined ? [] : [Buffer.from(stdin)]),
      stdout: this.#stdout,
      stderr: this.#stderr,
      signal: this.#stop.signal,
    };
    this.ended = run(args, surroundings).then((code) => {
      this.#code = code;
      noteFaults(args.join(' '), this.#stderr.text);
      this.#wake();
      return code;
    });
  }

  get finished(): Finished {
    const { text: stdout, bytes } = this.#stdout;
    return { code: this.#code, stdout, stderr: this.#stderr.text, bytes };
  }

  stop(): void {
    this.#stop.abort();
  }

  async until(pattern: RegExp): Promise<string> {
    const deadline = performance.now() + patience;
    const timer = setTimeout(() => this.#wake(), patience);
    try {
      for (;;) {
        const { stdout, stderr, code } = this.finished;
        const match = pattern.exec(stdout) ?? pattern.exec(stderr);
        if (match !== null) return match[0];
        const isLate = performance.now() >= deadline;
        if (code !== null || isLate) {
          const what = isLate ? `took ${patience} ms` : `ended with ${code}`;
          throw new Error(`kvasi ${what} before it printed ${pattern}:\n${stdout}${stderr}`);
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

/** Keeps what is printed. */
class Printed extends Writable {
  readonly #chunks: Buffer[] = [];
  readonly #told: () => void;

  constructor(told: () => void) {
    super();
    this.#told = told;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  /** Byte by byte, each a character. */
  get bytes(): string {
    return Buffer.concat(this.#chunks).toString('latin1');
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#chunks.push(chunk);
    this.#told();
    callback();
  }
}
