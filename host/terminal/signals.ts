/** How long a command may take to end in good order, in milliseconds. */
export const usualPatience = 800;

/** What is told of the signals that end a process. */
type Name = 'SIGINT' | 'SIGTERM' | 'SIGHUP';
/** Node undoes what nohup has set, so SIGHUP would end a process that nobody attends to without its good order. */
const names: readonly Name[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * The signals that end a command. Until it heeds them the system ends the process at once, even where it is stuck
 * in a computation or a call. From then on the first one asks it to end in good order, which may take as long as it says;
 * when that is over, or with a second one, the process is ended by the signal.
 */
export class Signals {
  readonly #stop = new AbortController();
  #isHeeded = false;
  #patience = usualPatience;
  #received: Name | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Aborted when the command is to end in good order. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** @param patience how long the end may take from the signal on, or from now if it has come; milliseconds */
  heed(patience: number): void {
    this.#patience = patience;
    if (!this.#isHeeded) for (const name of names) process.on(name, () => this.interrupt(name));
    this.#isHeeded = true;
    if (this.#received !== undefined) this.#wait(this.#received);
  }

  /** As the signal does, where a key stands for it. */
  interrupt(name: Name): void {
    if (this.#received !== undefined || !this.#isHeeded) dieBy(name);
    this.#received = name;
    this.#wait(name);
    this.#stop.abort();
  }

  /** Nobody wants the output any more. */
  stop(): void {
    this.#stop.abort();
  }

  #wait(name: Name): void {
    clearTimeout(this.#timer);
    if (this.#patience === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => dieBy(name), this.#patience).unref();
  }
}

/**
 * Ends the process by a signal, after its `exit` listeners. `process.exit` alone waits for file operations that are
 * under way, and one on a dead network drive never ends.
 */
function dieBy(name: Name): never {
  process.on('exit', () => {
    if (process.stdin.isTTY && process.stdin.isRaw) process.stdin.setRawMode(false);
    process.removeAllListeners(name);
    process.kill(process.pid, name);
  });
  process.exit(128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[name]);
}
