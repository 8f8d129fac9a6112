import { enableCompileCache } from 'node:module';
import { Readable, Writable } from 'node:stream';
import { run } from '../../host/cli/run.ts';
import { enableJspi } from '../../host/engine/jspi.ts';
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
import { root } from './kvasi-process.ts';
import { noteFaults } from './process-faults.ts';

/**
 * The same as `kvasi-process.ts`, without a process for each command line: for tests in which the process is not the point, a tenth of
 * the time. What ends it is the abort of its signal.
 */
export { component, type Finished, type RunOptions, root } from './kvasi-process.ts';

enableJspi();
// Workers load five times as fast with what V8 made of their code before.
enableCompileCache();

/** Runs a command line to its end. */
export async function runKvasi(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return await new Command(args, options).finish(args, options);
}

/** `kvasi dev` as a user has it running; it is ended in good order when the test is over. */
export class KvasiDev extends DevCommand<Command> implements AsyncDisposable {
  /** Starts on a free port, and throws with everything that was printed if it ends instead. */
  static async start(args: readonly string[], options: DevOptions = {}): Promise<KvasiDev> {
    const command = new Command(devArguments(args, options), { ...options, cwd: devFolder(options) });
    try {
      return new KvasiDev(await command.until(devUrl), command);
    } catch (error) {
      command.stop();
      await command.ended;
      throw error;
    }
  }

  /** Ends it in good order, as the first Ctrl-C does. */
  async stop(): Promise<void> {
    await this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.command.stop();
    await this.command.ended;
  }
}

/** A command line that runs in this process. */
class Command extends CommandLine {
  readonly ended: Promise<number>;
  readonly #stop = new AbortController();
  readonly #stdout = new Printed(() => this.wake());
  readonly #stderr = new Printed(() => this.wake());
  #code: number | null = null;

  constructor(args: readonly string[], { cwd = root, env = {}, stdin }: RunOptions) {
    super();
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
      this.wake();
      return code;
    });
  }

  protected get isOver(): boolean {
    return this.#code !== null;
  }

  protected endAtOnce(): void {
    this.stop();
  }

  get finished(): Finished {
    const { text: stdout, bytes } = this.#stdout;
    return { code: this.#code, stdout, stderr: this.#stderr.text, bytes };
  }

  stop(): void {
    this.#stop.abort();
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
