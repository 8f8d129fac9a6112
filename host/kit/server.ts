import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a kind of server is run. */
export interface ServerKind {
  /** The executable. */
  readonly command: string;
  /** Where to get it. */
  readonly hint: string;
  readonly args: (port: number, folder: string) => readonly string[];
  /** A file that it finds in its folder. Default: none. */
  readonly file?: { readonly name: string; readonly text: string };
}

/** The most that is kept of what a server prints, in characters. */
const longestLog = 20_000;
const startTimeout = 15_000;

/** A real server on a free port of this machine with a folder of its own, removed with it. */
export class Server implements AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  readonly #kind: ServerKind;
  readonly #extra: readonly string[];
  #process: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #log = '';

  private constructor(kind: ServerKind, port: number, folder: string, extra: readonly string[]) {
    this.#kind = kind;
    this.port = port;
    this.folder = folder;
    this.#extra = extra;
  }

  /** Resolves when the server accepts connections; throws with its log when it ends instead. */
  static async start(kind: ServerKind, extra: readonly string[] = []): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), `kvasi-${kind.command}-`));
    if (kind.file !== undefined) await writeFile(join(folder, kind.file.name), kind.file.text);
    const server = new Server(kind, await freePort(), folder, extra);
    try {
      await server.restart();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** Starts it again on the same port and data. */
  async restart(): Promise<void> {
    await this.kill();
    const child = spawn(this.#kind.command, [...this.#kind.args(this.port, this.folder), ...this.#extra], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    // A test that fails before it ends the server must not wait for it for ever.
    child.unref();
    for (const output of [child.stdout, child.stderr]) if (output instanceof Socket) output.unref();
    // Not left behind by a process that ends in the middle.
    const atExit = () => child.kill('SIGKILL');
    process.once('exit', atExit);
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#keep(error.message);
        resolve();
      });
      child.once('exit', () => {
        process.off('exit', atExit);
        resolve();
      });
    });
    child.stdout.on('data', (data) => this.#keep(String(data)));
    child.stderr.on('data', (data) => this.#keep(String(data)));
    let hasEnded = false;
    this.#ended.then(() => {
      hasEnded = true;
    });
    const end = performance.now() + startTimeout;
    while (!(await accepts(this.port))) {
      if (hasEnded) throw new Error(`${this.#kind.command} ended at once:\n${this.#log}`);
      if (performance.now() > end) {
        throw new Error(`${this.#kind.command} accepts nothing after ${startTimeout} ms:\n${this.#log}`);
      }
      await sleep(20);
    }
  }

  /** Ends it the hard way (SIGKILL), and waits until it is gone. */
  async kill(): Promise<void> {
    this.#process?.ref();
    this.#process?.kill('SIGKILL');
    await this.#ended;
  }

  /** Stops it from answering while it keeps its connections, or lets it go on. */
  async freeze(isFrozen: boolean): Promise<void> {
    this.#process?.kill(isFrozen ? 'SIGSTOP' : 'SIGCONT');
    // A signal is on its way for a moment, in which the server may still answer.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  get logText(): string {
    return this.#log;
  }
  #keep(text: string): void {
    this.#log = (this.#log + text).slice(-longestLog);
  }
}

/** Whether a program is found on PATH. */
export async function isOnPath(command: string): Promise<boolean> {
  const child = spawn(command, ['--version'], { stdio: 'ignore' });
  return await new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', () => resolve(true));
  });
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
