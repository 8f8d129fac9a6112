import { once } from 'node:events';
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchPath } from '../../dev/watch-path.ts';

/** How long a file is left to be written in full, in milliseconds. */
const settleTime = 100;

/** Waits for changes of files, those that come while nobody waits included. */
export class FileWatch implements Disposable {
  readonly #signal: AbortSignal;
  readonly #watched = new Map<string, () => void>();
  /** When files were written by whoever watches them, in milliseconds as the system has it. */
  readonly #own = new Map<string, number>();
  #change = Promise.withResolvers<void>();

  /** @param signal ends the waiting */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Watches these files, and no others any more. */
  watch(paths: Iterable<string>): void {
    const wanted = new Set(paths);
    for (const [path, end] of this.#watched) {
      if (wanted.has(path)) continue;
      end();
      this.#watched.delete(path);
    }
    for (const path of wanted) {
      if (!this.#watched.has(path))
        this.#watched.set(
          path,
          watchPath(path, () => {
            if (this.#own.get(path) !== timeOf(path)) this.#change.resolve();
          }),
        );
    }
  }

  /** Says that a file was written just now by whoever watches it, which is no change to wait for. */
  wrote(path: string): void {
    this.#own.set(path, timeOf(path));
  }

  /** Whether a file has changed; else the signal was aborted. */
  async changed(): Promise<boolean> {
    if (this.#signal.aborted) return false;
    const ended = new AbortController();
    // What watches does not keep the process alive by itself.
    const alive = setInterval(() => {}, 60_000);
    await Promise.race([
      this.#change.promise,
      once(this.#signal, 'abort', { signal: ended.signal }).catch(() => {}),
    ]);
    ended.abort();
    clearInterval(alive);
    if (this.#signal.aborted) return false;
    await sleep(settleTime);
    this.#change = Promise.withResolvers();
    return true;
  }

  [Symbol.dispose](): void {
    for (const end of this.#watched.values()) end();
    this.#watched.clear();
  }
}

function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
