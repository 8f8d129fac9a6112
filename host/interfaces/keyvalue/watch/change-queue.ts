/** Has changes handled. */
export interface ChangeQueueOwner {
  /** Resolves when a change was handled, however that came; does not reject. */
  handle(key: string): Promise<void>;
  /** A change is for nobody: too many wait. */
  dropped(): void;
  /** A key changes again and again right after it was handled, so that it has to wait from now on. */
  slowed(key: string): void;
}

/** How many changes of one bucket are handled at once, each of another key. */
const atOnce = 8;
/** How many keys may wait. */
export const mostWaiting = 10_000;
/** How many characters these may have together. */
const mostCharacters = 8 * 1024 * 1024;
/** A key that changes sooner after it was handled changes again, in milliseconds. */
const soon = 1000;
/** So often a key may do that before it has to wait. */
const mostAgain = 10;
/** How long it waits then, in milliseconds. */
const rest = 200;
/** Of so many keys it is known when they were handled. */
const mostRecent = 1000;

/**
 * The keys of one bucket that have changed and are to be handled: some are, in the order in which they came, and the others wait. A key
 * is there once, however often it changes, and is handled by one call at a time. A watcher that changes what it is called for would
 * be called for ever: it is slowed down.
 */
export class ChangeQueue {
  readonly #owner: ChangeQueueOwner;
  readonly #waiting = new Set<string>();
  readonly #inFlight = new Set<string>();
  /** Those of them that have changed meanwhile. */
  readonly #again = new Set<string>();
  readonly #resting = new Map<string, NodeJS.Timeout>();
  /** When keys were handled, by `performance.now()`, and how often they changed soon after that. */
  readonly #recent = new Map<string, { readonly at: number; readonly times: number }>();
  #characters = 0;
  #isStopped = false;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(owner: ChangeQueueOwner) {
    this.#owner = owner;
  }

  add(key: string): void {
    if (this.#isStopped || this.#waiting.has(key) || this.#resting.has(key)) return;
    if (this.#inFlight.has(key)) {
      this.#again.add(key);
      return;
    }
    const last = this.#recent.get(key);
    if (last !== undefined && performance.now() - last.at < soon && last.times >= mostAgain) {
      if (last.times === mostAgain) this.#owner.slowed(key);
      this.#resting.set(key, setTimeout(() => this.#rested(key), rest).unref());
      return;
    }
    this.#wait(key);
  }

  /** Handles none any more. Resolves when what is being handled was. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.clear();
    if (this.#inFlight.size === 0) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }

  /** Drops what waits. */
  clear(): void {
    for (const timer of this.#resting.values()) clearTimeout(timer);
    this.#resting.clear();
    this.#waiting.clear();
    this.#again.clear();
    this.#characters = 0;
  }

  #rested(key: string): void {
    this.#resting.delete(key);
    this.#wait(key);
  }

  #wait(key: string): void {
    if (this.#waiting.size >= mostWaiting || this.#characters + key.length > mostCharacters) {
      this.#owner.dropped();
      return;
    }
    this.#waiting.add(key);
    this.#characters += key.length;
    this.#pump();
  }

  #pump(): void {
    for (const key of this.#waiting) {
      if (this.#inFlight.size >= atOnce) return;
      this.#waiting.delete(key);
      this.#characters -= key.length;
      this.#inFlight.add(key);
      void this.#owner.handle(key).then(() => this.#handled(key));
    }
  }

  #handled(key: string): void {
    this.#inFlight.delete(key);
    const last = this.#recent.get(key);
    const now = performance.now();
    const times = last !== undefined && now - last.at < soon ? last.times + 1 : 0;
    this.#recent.delete(key);
    this.#recent.set(key, { at: now, times });
    const [oldest] = this.#recent.size > mostRecent ? this.#recent.keys() : [];
    if (oldest !== undefined) this.#recent.delete(oldest);
    if (this.#again.delete(key)) this.add(key);
    this.#pump();
    if (this.#inFlight.size === 0) this.#idle?.resolve();
  }
}
