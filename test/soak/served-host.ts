import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Which kvasi is tried: the path of its `host/cli/main.ts`, this repository's or another checkout's. */
export type HostCommand = string;

/** A component of this repository. */
export function component(name: string, file = name): string {
  return fileURLToPath(new URL(`../../components/${name}/${file}.wasm`, import.meta.url));
}

/** Whatever a host may need to start and to end, in milliseconds. */
const patience = 30_000;

/** How a host is run. */
export interface ServeOptions {
  readonly cwd?: string;
  /** Nobody reads what it prints once it serves. */
  readonly isUnread?: boolean;
  /** How many files and connections it may have open. */
  readonly openFiles?: number;
}

/** A `kvasi dev` in a process of its own. */
export class ServedHost implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;
  #peak = 0;
  readonly #sampling: NodeJS.Timeout;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
    this.#sampling = setInterval(() => void this.#sample(), 50);
  }

  static async start(
    command: HostCommand,
    args: readonly string[],
    { cwd, isUnread = false, openFiles }: ServeOptions = {},
  ): Promise<ServedHost> {
    const words = [process.execPath, command, 'dev', ...args, '--address', '127.0.0.1:0'];
    const [program = '', ...rest] =
      openFiles === undefined ? words : ['sh', '-c', `ulimit -n ${openFiles}; exec "$@"`, 'sh', ...words];
    const child = spawn(program, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
      ...(cwd === undefined ? {} : { cwd }),
    });
    child.stderr?.resume();
    return new ServedHost(await urlOf(child, isUnread), child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The most resident memory that was seen, in bytes. */
  get peak(): number {
    return this.#peak;
  }

  async #sample(): Promise<void> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8').catch(() => '');
    const [, kibibytes = '0'] = /VmRSS:\s+(\d+)/.exec(status) ?? [];
    this.#peak = Math.max(this.#peak, Number(kibibytes) * 1024);
  }

  /** How many connections of clients it has open. */
  async connections(): Promise<number> {
    const port = Number(new URL(this.url).port).toString(16).toUpperCase().padStart(4, '0');
    const own = new Set<string>();
    for (const name of await readdir(`/proc/${this.pid}/fd`).catch(() => [])) {
      const link = await readlink(`/proc/${this.pid}/fd/${name}`).catch(() => '');
      const [, inode] = /^socket:\[(\d+)\]$/.exec(link) ?? [];
      if (inode !== undefined) own.add(inode);
    }
    const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n').slice(1);
    return lines.filter((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      return local.endsWith(`:${port}`) && state !== '0A' && own.has(inode);
    }).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sampling);
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

/** @param isUnread whether nothing more is read of what the host prints once it has told its URL */
function urlOf(child: ChildProcess, isUnread: boolean): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let printed = '';
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  child.once('exit', () => reject(new Error(`the host did not start: ${printed}`)));
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (printed.length < 10_000) printed += text;
    const url = /url +(http:\/\/[\d.]+:\d+)/.exec(printed)?.[1];
    if (url === undefined) return;
    clearTimeout(timer);
    if (isUnread) child.stdout?.pause();
    resolve(url);
  });
  return promise;
}
