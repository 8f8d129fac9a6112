import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { removeAtEnd } from '../servers/bound-process.ts';

const prefix = 'kvasi-own-';
const pattern = new RegExp(`^${prefix}[\\da-f-]{36}$`);

/** The folder around those of this thread, while there are any. */
let around: Surroundings | undefined;

/**
 * An empty folder that nobody else uses. It is removed with everything in it when it is disposed of, or else when the thread that made it
 * ends, in whatever way.
 */
export class TemporaryFolder implements AsyncDisposable {
  /** Absolute. */
  readonly path: string;
  readonly #around: Surroundings;
  #removed: Promise<void> | undefined;

  /** @param name for who finds it */
  constructor(name: string) {
    // Whoever sets TMPDIR wants what comes then to be there.
    if (around?.parent !== resolve(tmpdir())) around = new Surroundings();
    this.#around = around;
    this.path = around.enter(name);
    try {
      mkdirSync(this.path, { mode: 0o700 });
    } catch (error) {
      void this[Symbol.asyncDispose]();
      throw error;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#removed ??= this.#remove();
    return this.#removed;
  }

  async #remove(): Promise<void> {
    try {
      await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
    } finally {
      await this.#around.leave();
    }
  }
}

/** Whether a path is in such a folder, of whichever thread or process. */
export function isTemporary(path: string): boolean {
  return path.split(sep).some((part) => pattern.test(part));
}

class Surroundings {
  /** The folder for temporary files that it lies in. */
  readonly parent = resolve(tmpdir());
  readonly #path = join(this.parent, `${prefix}${randomUUID()}`);
  /** Begun before there is anything to be removed. */
  readonly #removeInBackground = removeAtEnd(this.#path);
  #users = 0;
  #names = 0;

  constructor() {
    try {
      mkdirSync(this.#path, { mode: 0o700 });
    } catch (error) {
      this.#removeInBackground();
      throw error;
    }
    process.once('exit', this.#atExit);
  }

  enter(name: string): string {
    this.#users += 1;
    this.#names += 1;
    return join(this.#path, `${name}-${this.#names}`);
  }

  async leave(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    if (around === this) around = undefined;
    try {
      await rm(this.#path, { recursive: true, force: true, maxRetries: 3 });
    } finally {
      process.off('exit', this.#atExit);
      this.#removeInBackground();
    }
  }

  readonly #atExit = (): void => {
    try {
      rmSync(this.#path, { recursive: true, force: true });
    } catch {
      // Where somebody still writes into it, it is removed in the background.
    }
  };
}
