import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { main } from './kvasi-process.ts';

const run = promisify(execFile);

export const tmux = { command: 'tmux', hint: 'apt install tmux, or brew install tmux' } as const;

/** A shell in a terminal of its own, as somebody sits in front of it. */
export class TerminalSession implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(cwd: string, env: Readonly<Record<string, string>> = {}): Promise<TerminalSession> {
    const session = new TerminalSession(await mkdtemp(join(tmpdir(), 'kvasi-tmux-')));
    try {
      await session.#begin(cwd, env);
      return session;
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #begin(cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
    const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    await this.#tmux('new-session', '-d', '-x', '110', '-y', '50', '-c', cwd, ...variables, 'sh');
    await this.line("PS1='$ '; clear");
    await this.prompt();
  }

  /** Runs `kvasi` with these arguments in the foreground. */
  async kvasi(...args: readonly string[]): Promise<void> {
    await this.line(
      ['kvasi() {', `'${process.execPath}' '${main}' "$@"; }; clear; kvasi`, ...args].join(' '),
    );
  }

  /** Writes everything that programs send to the terminal from now on to a file, byte by byte. */
  async record(path: string): Promise<void> {
    await this.#tmux('pipe-pane', `exec cat >> '${path}'`);
  }

  /** Types a line and its end. */
  async line(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', text);
    await this.press('Enter');
  }

  /** Presses one key, by the name that tmux gives it. */
  async press(key: string): Promise<void> {
    await this.#tmux('send-keys', key);
  }

  /** Waits until the shell wants a line. */
  async prompt(): Promise<void> {
    await this.until(/^\$\s*$(?![\s\S]*\S)/m);
  }

  /** What is to be read now. */
  async screen(): Promise<string> {
    return await this.#tmux('capture-pane', '-p');
  }

  /** Waits until something can be read, and answers the match. */
  async until(pattern: RegExp): Promise<string> {
    await expect.poll(() => this.screen(), { timeout: 15_000 }).toMatch(pattern);
    return pattern.exec(await this.screen())?.[0] ?? '';
  }

  /** As somebody does who closes the window. */
  async close(): Promise<void> {
    await this.#tmux('kill-server').catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('tmux', ['-S', join(this.#folder, 'socket'), '-f', '/dev/null', ...args]);
    return stdout;
  }
}
