import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { main } from './kvasi-process.ts';
import type { Project } from './project.ts';

/** `kvasi dev` started by a shell in a project's folder, as with `kvasi dev > kvasi.log`. */
export class DevInShell implements AsyncDisposable {
  readonly #child: ReturnType<typeof spawn>;
  readonly #ended: Promise<unknown>;
  readonly #log: string;

  /**
   * @param after what stands behind the command, such as `> kvasi.log 2>&1`
   * @param log the file of the project that what kvasi prints arrives in
   */
  constructor(project: Project, after: string, log: string) {
    this.#log = join(project.folder, log);
    const command = `"${process.execPath}" "${main}" dev --address localhost:0 ${after}`;
    this.#child = spawn(command, {
      shell: true,
      cwd: project.folder,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: 'ignore',
      detached: true,
    });
    this.#ended = once(this.#child, 'close');
  }

  async printed(): Promise<string> {
    return await readFile(this.#log, 'utf8').catch(() => '');
  }

  /** How many builds have begun. */
  async builds(): Promise<number> {
    return (await this.printed()).match(/building {2}|"event":"building"/g)?.length ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    await this.#ended;
  }
}
