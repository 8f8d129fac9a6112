import { trap } from '../../engine/guest-trap.ts';
import type { MaybePromise } from '../../shared/maybe-promise.ts';

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

/** The longest list of one `poll`; a longer one traps. */
export const mostPolled = 100_000;

/**
 * `wasi:io/poll.poll`: the indexes of the pollables that are ready, at least one. The WIT says that an
 * empty list traps.
 */
export function poll(pollables: readonly Pollable[]): MaybePromise<Uint32Array> {
  if (pollables.length === 0) trap('wasi:io/poll.poll was called with an empty list');
  if (pollables.length > mostPolled)
    trap(
      `wasi:io/poll.poll was called with ${pollables.length} pollables; at most ${mostPolled} are allowed`,
    );
  const ready = readyIndexes(pollables);
  return ready.length > 0 ? ready : pollUntilReady(pollables);
}

async function pollUntilReady(pollables: readonly Pollable[]): Promise<Uint32Array> {
  const different = new Set(pollables);
  for (;;) {
    await firstOf(different);
    const ready = readyIndexes(pollables);
    if (ready.length > 0) return ready;
  }
}

type Waiter = PromiseWithResolvers<void>;

/** Who waits for a promise at the moment. */
const waiters = new WeakMap<Promise<void>, Set<Waiter>>();

/** Waits for one of them. Unlike `Promise.race` it leaves nothing behind at those that a guest polls again and again. */
async function firstOf(pollables: Iterable<Pollable>): Promise<void> {
  const waiter = Promise.withResolvers<void>();
  const places: Set<Waiter>[] = [];
  for (const pollable of pollables) {
    const place = waitersFor(pollable.wait());
    place.add(waiter);
    places.push(place);
  }
  try {
    await waiter.promise;
  } finally {
    for (const place of places) place.delete(waiter);
  }
}

function waitersFor(promise: Promise<void>): Set<Waiter> {
  const known = waiters.get(promise);
  if (known !== undefined) return known;
  const waiting = new Set<Waiter>();
  waiters.set(promise, waiting);
  promise.then(
    () => {
      for (const waiter of waiting) waiter.resolve();
    },
    (reason: unknown) => {
      for (const waiter of waiting) waiter.reject(reason);
    },
  );
  return waiting;
}

function readyIndexes(pollables: readonly Pollable[]): Uint32Array {
  const ready: number[] = [];
  for (const [index, pollable] of pollables.entries()) if (pollable.ready()) ready.push(index);
  return Uint32Array.from(ready);
}
