import { trap } from '../guest-trap.ts';
import type { Event } from './event.ts';
import type { GuestSource, GuestTarget } from './guest-buffer.ts';
import { type Copying, type CopyResult, copyResults } from './rendezvous.ts';
import { Waitable } from './waitable.ts';

/** What a guest's end does with its stream or future. */
export interface Shared {
  cancel(): void;
  drop(): void;
}

/** A guest's end of a stream or future. Source: `CanonicalABI.md`, "Stream State". */
export abstract class CopyEnd<S extends Shared> extends Waitable implements Copying {
  readonly shared: S;
  /** The type of the elements, as far as ends of the same type have the same. */
  readonly type: object;
  /** The number of its events. */
  readonly #code: number;
  #state: 'idle' | 'copying' | 'cancelling' | 'done' = 'idle';
  /** Of the read or write that is under way, or was last: the handle that its event names, */
  #handle = 0;
  /** what it moves, */
  #buffer: GuestSource | GuestTarget | undefined;
  /** how it has ended, */
  #result: CopyResult = copyResults.completed;
  /** and what ends it where more could be moved. */
  #reclaim: (() => void) | undefined;

  constructor(shared: S, type: object, code: number) {
    super();
    this.shared = shared;
    this.type = type;
    this.#code = code;
  }

  get isIdle(): boolean {
    return this.#state === 'idle';
  }

  /** Whether a read or write is under way and was not cancelled. */
  get isCopying(): boolean {
    return this.#state === 'copying';
  }

  /** Whether nothing more comes or goes. */
  get isDone(): boolean {
    return this.#state === 'done';
  }

  /** A read or write begins. @param handle this end's, which events name */
  protected begin(handle: number, buffer: GuestSource | GuestTarget): void {
    this.#state = 'copying';
    this.#handle = handle;
    this.#buffer = buffer;
  }

  copied(reclaim: () => void): void {
    this.#reclaim = reclaim;
    this.#result = copyResults.completed;
    this.setPending();
  }

  done(result: CopyResult): void {
    this.#reclaim = undefined;
    this.#result = result;
    this.setPending();
  }

  /** Asks to end a read or write that is under way; what became of it is an event, perhaps later. */
  cancel(): void {
    this.#state = 'cancelling';
    if (!this.hasPending) this.shared.cancel();
  }

  /** The guest has ended with it. */
  abandon(): void {
    const isMoving = this.#state === 'copying' && !this.hasPending;
    this.#state = 'done';
    if (isMoving) this.shared.cancel();
    this.shared.drop();
  }

  /** Traps where it may not go. */
  drop(): void {
    if (this.#state === 'copying' || this.#state === 'cancelling') {
      trap('an end of a stream or future is dropped while it is read or written');
    }
    this.shared.drop();
    this.join(undefined);
  }

  /** How a read or write ended that is cancelled after it came some way. */
  protected whenCancelled(result: CopyResult): CopyResult {
    return result;
  }

  /** How far a read or write came, as the guest gets it. */
  protected abstract progress(result: CopyResult, moved: number): number;
  /** Whether nothing can come after a read or write that ended so. */
  protected abstract isLast(result: CopyResult): boolean;

  protected event(): Event {
    this.#reclaim?.();
    this.#reclaim = undefined;
    const moved = this.#buffer?.moved ?? 0;
    this.#buffer = undefined;
    const result = this.#state === 'cancelling' ? this.whenCancelled(this.#result) : this.#result;
    this.#state = this.isLast(result) ? 'done' : 'idle';
    return { code: this.#code, waitable: this.#handle, payload: this.progress(result, moved) };
  }
}
