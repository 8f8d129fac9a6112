import type { MaybePromise } from '../backends/backend.ts';

/**
 * `wasi:io/poll` pollable. What a pollable waits for is given as two functions, so that nothing is
 * allocated until a guest really has to wait.
 */
export class Pollable {
  readonly #isReady: () => boolean;
  readonly #whenReady: () => Promise<void>;
  readonly #dispose: (() => void) | undefined;

  /**
   * @param isReady answers at once, without side effects
   * @param whenReady resolves when `isReady` may have become true; rejects to trap the guest
   * @param dispose frees what the pollable holds, such as a timer
   */
  constructor(isReady: () => boolean, whenReady: () => Promise<void>, dispose?: () => void) {
    this.#isReady = isReady;
    this.#whenReady = whenReady;
    this.#dispose = dispose;
  }

  ready(): boolean {
    return this.#isReady();
  }

  block(): MaybePromise<void> {
    if (!this.#isReady()) return this.#waitUntilReady();
  }

  /** Resolves when the pollable may be ready. */
  wait(): Promise<void> {
    return this.#whenReady();
  }

  async #waitUntilReady(): Promise<void> {
    while (!this.#isReady()) await this.#whenReady();
  }

  [Symbol.dispose](): void {
    this.#dispose?.();
  }
}

/** A pollable that is ready from the start. */
export function readyPollable(): Pollable {
  return new Pollable(
    () => true,
    () => Promise.resolve(),
  );
}

/**
 * `wasi:io/poll.poll`: the indexes of the pollables that are ready, at least one. The WIT says that an
 * empty list traps.
 */
export function poll(pollables: readonly Pollable[]): MaybePromise<Uint32Array> {
  if (pollables.length === 0) throw new Error('wasi:io/poll.poll was called with an empty list');
  const ready = readyIndexes(pollables);
  return ready.length > 0 ? ready : pollUntilReady(pollables);
}

async function pollUntilReady(pollables: readonly Pollable[]): Promise<Uint32Array> {
  for (;;) {
    await Promise.race(pollables.map((pollable) => pollable.wait()));
    const ready = readyIndexes(pollables);
    if (ready.length > 0) return ready;
  }
}

function readyIndexes(pollables: readonly Pollable[]): Uint32Array {
  const ready: number[] = [];
  for (const [index, pollable] of pollables.entries()) if (pollable.ready()) ready.push(index);
  return Uint32Array.from(ready);
}
