import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import { main, root } from '../support/kvasi-process.ts';
import { freePort } from '../support/server.ts';

/** How a host is started with a component, and how it marks what the guest printed. */
interface HostKind {
  readonly name: string;
  readonly command: string;
  readonly args: (component: string, port: number) => readonly string[];
  readonly prefix: RegExp;
}

export const kvasi: HostKind = {
  name: 'kvasi',
  command: process.execPath,
  args: (component, port) => [
    ...[main, 'dev', component, '--address', `127.0.0.1:${port}`, '--no-inspector', '--no-watch'],
    ...['--log-level', 'silent', '--config', `${root}/test/wasmtime/kvasi.yaml`],
  ],
  prefix: /^\[[\w-]+\] /,
};

/** @param command the path of the executable `wasmtime` */
export function wasmtime(command: string): HostKind {
  return {
    name: 'wasmtime',
    command,
    args: (component, port) => ['serve', '-Scli', '--addr', `127.0.0.1:${port}`, component],
    prefix: /^\0*(?:stdout|stderr) \[\d+\] :: /,
  };
}

const startPatience = 20_000;

/** A host that serves a component, and is started again when it has ended. */
export class ComparedHost implements AsyncDisposable {
  readonly #kind: HostKind;
  readonly #component: string;
  #port = 0;
  #process: ChildProcess | undefined;
  #output = '';

  constructor(kind: HostKind, component: string) {
    this.#kind = kind;
    this.#component = component;
  }

  /** The port that it listens on. */
  async serve(): Promise<number> {
    if (this.#process?.exitCode === null && this.#process.signalCode === null) return this.#port;
    this.#port = await freePort();
    const { command, args } = this.#kind;
    const child = spawn(command, args(this.#component, this.#port), { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    const keep = (text: Buffer): void => {
      this.#output += text.toString('latin1');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const deadline = performance.now() + startPatience;
    while (!(await accepts(this.#port))) {
      if (child.exitCode !== null || performance.now() > deadline)
        throw new Error(`${this.#kind.name} does not serve ${this.#component}:\n${this.#output}`);
      await pass(20);
    }
    return this.#port;
  }

  /** Whether it has ended since `serve`. */
  get hasEnded(): boolean {
    return this.#process?.exitCode !== null;
  }

  /** What the guest has printed since it was last asked: the lines that bear the host's prefix, without it. */
  takeGuestLines(): string[] {
    const lines = this.#output.split('\n').filter((line) => this.#kind.prefix.test(line));
    this.#output = '';
    return lines.map((line) => line.replace(this.#kind.prefix, ''));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
