import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long a command may take to end, and something to be printed, in milliseconds. */
export const patience = 30_000;

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
  /** Default: a folder that other processes of the tests do not use, since a `kvasi dev` tells of others in its folder. */
  readonly cwd?: string;
  /** Where to listen. Default: a free port of localhost. */
  readonly address?: 'as configured';
}

/** A command line that runs, and what it has printed so far. */
export abstract class CommandLine {
  abstract get finished(): Finished;
  /** Resolves with the exit code. */
  abstract readonly ended: Promise<number | null>;
  protected abstract get isOver(): boolean;
  readonly #waiting = new Set<() => void>();

  /** Waits until something has been printed, and answers the match. */
  async until(pattern: RegExp): Promise<string> {
    const deadline = performance.now() + patience;
    const timer = setTimeout(() => this.wake(), patience);
    try {
      for (;;) {
        const { stdout, stderr, code } = this.finished;
        const match = pattern.exec(stdout) ?? pattern.exec(stderr);
        if (match !== null) return match[0];
        const isLate = performance.now() >= deadline;
        if (this.isOver || isLate) {
          const what = isLate ? `took ${patience} ms` : `ended with ${code}`;
          throw new Error(`kvasi ${what} before it printed ${pattern}:\n${stdout}${stderr}`);
        }
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits for its end, and throws with everything that was printed if it has to be ended because it takes too long. */
  async finish(args: readonly string[], { patience: most = patience }: RunOptions): Promise<Finished> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.endAtOnce();
    }, most);
    await this.ended;
    clearTimeout(timer);
    const { stdout, stderr } = this.finished;
    if (isLate) throw new Error(`kvasi ${args.join(' ')} did not end in ${most} ms:\n${stdout}${stderr}`);
    return this.finished;
  }

  protected abstract endAtOnce(): void;

  /** Something was printed, or it has ended. */
  protected wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** `kvasi dev` as its users see it, wherever it runs. */
export abstract class DevCommand<Command extends CommandLine> {
  readonly url: string;
  protected readonly command: Command;

  protected constructor(url: string, command: Command) {
    this.url = url;
    this.command = command;
  }

  get stdout(): string {
    return this.command.finished.stdout;
  }

  get stderr(): string {
    return this.command.finished.stderr;
  }

  /** Resolves with the exit code. */
  get ended(): Command['ended'] {
    return this.command.ended;
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.url + path, init);
  }

  async text(path: string, init?: RequestInit): Promise<string> {
    return await (await this.fetch(path, init)).text();
  }

  /** Waits until something has been printed, and answers the match. */
  until(pattern: RegExp): Promise<string> {
    return this.command.until(pattern);
  }
}

let ownFolder: string | undefined;

/** Where `kvasi dev` runs when a test names no folder. */
export function devFolder({ cwd }: DevOptions): string {
  if (cwd !== undefined) return cwd;
  if (ownFolder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'kvasi-test-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    ownFolder = made;
  }
  return ownFolder;
}

/** The command line of `kvasi dev` on a free port. */
export function devArguments(args: readonly string[], { address }: DevOptions): string[] {
  return ['dev', ...(address === 'as configured' ? [] : ['--address', 'localhost:0']), ...args];
}

/** What it prints once it serves. */
export const devUrl = /https?:\/\/[\w.]+:\d+/;
