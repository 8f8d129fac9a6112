import type { Guest, OutputPermit } from './guest.ts';
import type { GuestLog } from './guest-log.ts';
import { Holdings } from './holdings.ts';
import { importsOf, type Shared, spanOf } from './instance.ts';
import { Lifetime } from './lifetime.ts';
import type { ProgramInstance } from './program.ts';
import { SharedCall } from './shared-call.ts';
import { SharedTrace } from './shared-trace.ts';
import { GuestAbort } from './trap.ts';

/**
 * An instance that serves several requests at once: they share its memory and all that the host holds for it, and end with it when one
 * of them traps. Interfaces see the request whose code calls them.
 */
export class SharedInstance implements Guest {
  readonly lifetime = new Lifetime();
  readonly holdings = new Holdings();
  readonly trace = new SharedTrace(() => this.#current.trace);
  readonly output: OutputPermit;
  /** That of a service, which was called first. */
  readonly command: Guest['command'];
  readonly #isService: boolean;
  readonly #shared: Shared;
  readonly #changed: (instance: SharedInstance) => void;
  readonly #guest: ProgramInstance;
  readonly #running = new Set<SharedCall>();
  /** The one that was begun last. */
  #latest: SharedCall;
  #begun = 0;
  #isRetired = false;
  /** Nobody waits for any of its requests, and it is unwound. */
  #isEnding = false;
  #isDiscarded = false;

  /**
   * Throws what the component's start throws.
   *
   * @param first the first request that it is to serve
   * @param changed called when it may take requests again, or takes no more
   * @param isService see `InstanceSharing`
   */
  constructor(
    first: SharedCall,
    shared: Shared,
    changed: (instance: SharedInstance) => void,
    isService = false,
  ) {
    this.command = first.call.command;
    this.#isService = isService;
    const { setup, program, interfaces, output } = shared;
    this.#latest = first;
    this.#shared = shared;
    this.#changed = changed;
    this.output = {
      permit: () => output.permit(),
      whenReady: () => this.lifetime.whileItLasts(output.whenReady()),
    };
    this.#guest = program.instantiate(importsOf(this, setup.members, interfaces));
  }

  get request(): number {
    return this.#current.id;
  }

  print(stream: 'stdout' | 'stderr', bytes: Uint8Array, request = this.request): void {
    this.#shared.print(request, stream, bytes);
  }

  log(message: GuestLog): void {
    this.#shared.log(this.request, message);
  }

  /** How many requests it serves. */
  get size(): number {
    return this.#running.size;
  }

  /** How many requests it has begun; undefined where it takes no more. */
  get begun(): number | undefined {
    return this.#isRetired ? undefined : this.#begun;
  }

  run(call: SharedCall): void {
    if (this.#running.size === 0) this.holdings.begin();
    this.#begun += 1;
    this.#latest = call;
    this.#running.add(call);
    call.onGiveUp = (reason) => this.#giveUp(reason);
    call.trace.begin(spanOf(call.call, this.#shared.setup));
    const done = (): void => {
      this.#running.delete(call);
      this.#settle();
      this.#changed(this);
    };
    const stopped = (thrown: unknown, origin?: unknown): void => {
      this.#running.delete(call);
      call.stopped(thrown, origin === undefined || origin === call);
      this.retire();
    };
    try {
      call.run(this.#guest, this, done, stopped);
    } catch (thrown) {
      stopped(thrown);
    }
    this.#changed(this);
  }

  /** It takes no more requests, and ends with the last one. */
  retire(): void {
    this.#isRetired = true;
    this.#settle();
    this.#changed(this);
  }

  /** One of its requests is for nobody any more. It goes on while there are others, and then is unwound. */
  #giveUp(reason: string): void {
    if (this.#isService) return;
    this.#isRetired = true;
    this.#settle(reason);
    this.#changed(this);
  }

  #settle(reason = 'the requests of the instance have ended'): void {
    if (!this.#isRetired || this.#isDiscarded) return;
    if (this.#running.size > 0) {
      if (this.#isEnding || [...this.#running].some((call) => !call.isGivenUp)) return;
      this.#isEnding = true;
      const abort = new GuestAbort(reason);
      this.lifetime.end(abort);
      this.holdings.release();
      this.#guest.abort?.(abort);
      return;
    }
    this.#isDiscarded = true;
    this.holdings.release();
    this.#guest.discard?.();
  }

  /** The request whose code runs; where none does, the one that was begun last. */
  get #current(): SharedCall {
    const origin = this.#guest.origin?.();
    return origin instanceof SharedCall ? origin : this.#latest;
  }
}
