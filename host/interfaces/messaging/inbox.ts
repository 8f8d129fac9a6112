import type { HandlerRules } from './handler-rules.ts';
import { type Message, sizeOf } from './message.ts';

/** How many messages may wait for one component, and how many bytes in them. */
export interface QueueBounds {
  readonly messages: number;
  readonly bytes: number;
}

/** How a message ends that no component has got. */
export type DropReason = 'late' | 'stopped';

/** Who takes the messages of an inbox. */
export interface InboxOwner {
  /** Has a message handled; to be followed by `ended`. */
  deliver(message: Message, waited: number): void;
  /** A message is for nobody. */
  dropped(message: Message, reason: DropReason): void;
}

interface Waiting {
  readonly message: Message;
  /** By `performance.now()`. */
  readonly since: number;
}

/** The messages of one component: some of them are handled, in the order in which they came, and the others wait. */
export class Inbox {
  readonly #rules: Pick<HandlerRules, 'inFlight' | 'longestWait'>;
  readonly #bounds: QueueBounds;
  readonly #owner: InboxOwner;
  #waiting: Waiting[] = [];
  /** How many at the beginning of these have been taken. */
  #taken = 0;
  #bytes = 0;
  #inFlight = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(rules: Pick<HandlerRules, 'inFlight' | 'longestWait'>, bounds: QueueBounds, owner: InboxOwner) {
    this.#rules = rules;
    this.#bounds = bounds;
    this.#owner = owner;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.length - this.#taken;
  }

  /** Takes a message. Answers false where there is no room for it. */
  add(message: Message): boolean {
    if (this.#isStopped) return false;
    if (this.#inFlight < this.#rules.inFlight && this.size === 0) {
      this.#deliver(message, 0);
      return true;
    }
    const { messages, bytes } = this.#bounds;
    const size = sizeOf(message);
    if (this.size >= messages || this.#bytes + size > bytes) return false;
    this.#bytes += size;
    this.#waiting.push({ message, since: performance.now() });
    this.#watch();
    return true;
  }

  /** A message was handled, however that came. */
  ended(): void {
    this.#inFlight -= 1;
    this.#pump();
  }

  /** Takes none any more, and delivers none. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.clear();
  }

  /** Drops what waits. */
  clear(): void {
    for (let next = this.#take(); next !== undefined; next = this.#take())
      this.#owner.dropped(next.message, 'stopped');
  }

  #pump(): void {
    this.#dropLate();
    while (!this.#isStopped && this.#inFlight < this.#rules.inFlight) {
      const next = this.#take();
      if (next === undefined) return;
      this.#deliver(next.message, performance.now() - next.since);
    }
  }

  #deliver(message: Message, waited: number): void {
    this.#inFlight += 1;
    this.#owner.deliver(message, waited);
  }

  #take(): Waiting | undefined {
    const next = this.#waiting[this.#taken];
    if (next === undefined) return undefined;
    this.#taken += 1;
    this.#bytes -= sizeOf(next.message);
    // Removing each by itself would move all others.
    if (this.#taken === this.#waiting.length || this.#taken >= 1024) {
      this.#waiting = this.#waiting.slice(this.#taken);
      this.#taken = 0;
    }
    return next;
  }

  #dropLate(): void {
    const oldest = performance.now() - this.#rules.longestWait;
    for (let next = this.#waiting[this.#taken]; next !== undefined && next.since < oldest; ) {
      this.#take();
      this.#owner.dropped(next.message, 'late');
      next = this.#waiting[this.#taken];
    }
  }

  /** Where none ends, those that wait become late all the same. */
  #watch(): void {
    if (this.#timer !== undefined) return;
    const next = this.#waiting[this.#taken];
    if (next === undefined) return;
    const left = next.since + this.#rules.longestWait - performance.now();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#dropLate();
      this.#watch();
    }, Math.max(left, 0) + 1).unref();
  }
}
