import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TemporaryFolder } from '../stores/temporary-folder.ts';
import { BoundProcess } from './bound-process.ts';
import { childrenOf } from './child-processes.ts';

/** How a kind of server is run. */
export interface ServerKind {
  /** The executable. */
  readonly command: string;
  /** Where to get it. */
  readonly hint: string;
  readonly args: (port: number, folder: string) => readonly string[];
  /** A file that it finds in its folder. Default: none. */
  readonly file?: { readonly name: string; readonly text: string };
  /** Where the executable may be when it is not on PATH. Default: nowhere. */
  readonly elsewhere?: () => string | undefined;
  /** Who runs it. Default: whoever runs this. */
  readonly user?: () => SystemUser | undefined;
  /** Makes what it needs in its folder, once. Default: nothing. */
  readonly prepare?: (folder: string, command: string, user: SystemUser | undefined) => Promise<void>;
  /** What it prints when it can be used. Default: it can be as soon as it accepts connections. */
  readonly ready?: RegExp;
  /** How it is told to end at once and to leave nothing behind. Default: it is killed. */
  readonly ending?: NodeJS.Signals;
}

/** A user of the system, by numbers. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** The most that is kept of what a server prints, in characters. */
const longestLog = 20_000;
const startTimeout = 15_000;
/** How long a server may take to end when it is told to, in milliseconds. */
const endTimeout = 3000;

/**
 * A real server on a free port of this machine with a folder of its own, removed with it. Neither outlives the thread that started it,
 * however that ends.
 */
export class Server implements AsyncDisposable {
  readonly port: number;
  readonly #folder: TemporaryFolder;
  readonly #kind: ServerKind;
  readonly #extra: readonly string[];
  #process: BoundProcess | undefined;
  #log = '';

  private constructor(kind: ServerKind, port: number, folder: TemporaryFolder, extra: readonly string[]) {
    this.#kind = kind;
    this.port = port;
    this.#folder = folder;
    this.#extra = extra;
  }

  get folder(): string {
    return this.#folder.path;
  }

  /** Resolves when the server accepts connections; throws with its log when it ends instead. */
  static async start(kind: ServerKind, extra: readonly string[] = []): Promise<Server> {
    const folder = new TemporaryFolder(basename(kind.command));
    try {
      if (kind.file !== undefined) await writeFile(join(folder.path, kind.file.name), kind.file.text);
      await kind.prepare?.(folder.path, kind.command, kind.user?.());
      const server = new Server(kind, await freePort(), folder, extra);
      await server.restart();
      return server;
    } catch (error) {
      await folder[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts it again on the same port and data. */
  async restart(): Promise<void> {
    await this.kill();
    const started = new BoundProcess(
      this.#kind.command,
      [...this.#kind.args(this.port, this.folder), ...this.#extra],
      (text) => this.#keep(text),
      this.#kind.user?.(),
    );
    this.#process = started;
    this.#log = '';
    let hasEnded = false;
    started.ended.then(() => {
      hasEnded = true;
    });
    const end = performance.now() + startTimeout;
    for (;;) {
      const isReached = (await accepts(this.port)) && this.#kind.ready?.test(this.#log) !== false;
      // Whoever accepts may be another one that has taken the port.
      if (hasEnded) throw new Error(`${this.#kind.command} ended at once:\n${this.#log}`);
      if (isReached) return;
      if (performance.now() > end) {
        await started.end();
        throw new Error(`${this.#kind.command} accepts nothing after ${startTimeout} ms:\n${this.#log}`);
      }
      await sleep(20);
    }
  }

  /** Ends it and its processes the hard way (SIGKILL), and waits until they are gone. */
  async kill(): Promise<void> {
    const children = await this.#children();
    await this.#process?.end();
    for (const child of children) child.signal('SIGKILL');
    for (const child of children) await child.ended();
  }

  /** Stops it from answering while it keeps its connections, or lets it go on. */
  async freeze(isFrozen: boolean): Promise<void> {
    const signal = isFrozen ? 'SIGSTOP' : 'SIGCONT';
    this.#process?.signal(signal);
    for (const child of await this.#children()) child.signal(signal);
    // A signal is on its way for a moment, in which the server may still answer.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { ending } = this.#kind;
    if (ending !== undefined) await this.#process?.tryToEnd(ending, endTimeout);
    await this.kill();
    await this.#folder[Symbol.asyncDispose]();
  }

  get logText(): string {
    return this.#log;
  }

  /** The processes that it has started, where it is of a kind that starts some. */
  async #children() {
    const pid = this.#process?.pid;
    return pid === undefined || this.#kind.ready === undefined
      ? []
      : await childrenOf(pid, basename(this.#kind.command));
  }

  #keep(text: string): void {
    this.#log = (this.#log + text).slice(-longestLog);
  }
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
