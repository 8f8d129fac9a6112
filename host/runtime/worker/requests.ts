import type { Done } from '../../engine/link/entry-call.ts';
import type { Pause } from '../ipc/channel.ts';
import type { Trap } from '../outcome.ts';
import { RequestTable } from '../request-table.ts';
import { noTrace } from '../trace/packed-trace.ts';
import { GuestExit } from './guest-exit.ts';
import { Instance, type Shared } from './instance.ts';
import { describeTrap, GuestAbort } from './trap.ts';
import type { GuestCall } from './worker-trigger.ts';

/** The requests that a worker has begun. */
export interface WorkerRequests {
  /** Answers what has to come before the guest has begun. */
  begin(call: GuestCall): Pause | undefined;
  /** The next requests get instances of their own. */
  forgetInstances(): void;
  /** A call that is under way. */
  callOf(id: number): GuestCall | undefined;
  /** The main thread says something about a call. */
  receive(id: number, message: unknown): void;
  /** Nobody waits for a call any more: its guest is unwound where it waits. */
  abort(id: number, reason: string): void;
}

/** Those of instances that serve one request at a time. */
export class Requests implements WorkerRequests {
  readonly #shared: Shared;
  readonly #running = new RequestTable<Running>();
  /** Instances to use again, last in first out. */
  readonly #idle: Instance[] = [];
  /** Those that have kept a stack; they take a request up later than others. */
  readonly #resting: Instance[] = [];
  /** How often the instances were forgotten. */
  #era = 0;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  begin(call: GuestCall): Pause | undefined {
    const { id } = call;
    const { interceptor } = this.#shared;
    const running = new Running(call, () => {
      this.#running.delete(id);
      interceptor?.ended(id);
    });
    this.#running.add(id, running);
    interceptor?.began(id);
    let instance = this.#idle.pop();
    const isLater = instance === undefined && this.#resting.length > 0;
    try {
      instance ??= this.#resting.pop() ?? new Instance(call, this.#shared);
    } catch (thrown) {
      running.fail(thrown);
      return undefined;
    }
    this.#run(running, instance);
    const { begins } = this.#shared.program;
    if (begins === 'when free') return running.isOver ? undefined : () => !running.isOver;
    return isLater ? 'microtasks' : begins;
  }

  #run(running: Running, instance: Instance): void {
    const era = this.#era;
    running.run(instance, (rests) => {
      const isFresh = this.#shared.setup.instances === 'fresh';
      // One whose guest was given up may hold anything: it is used again only as it was at its start.
      if (era !== this.#era || (isFresh ? !instance.reset() : running.isGivenUp)) {
        instance.discard();
        return false;
      }
      (rests ? this.#resting : this.#idle).push(instance);
      return true;
    });
  }

  forgetInstances(): void {
    for (const instance of [...this.#idle, ...this.#resting]) instance.discard();
    this.#idle.length = 0;
    this.#resting.length = 0;
    this.#era += 1;
  }

  receive(id: number, message: unknown): void {
    this.#running.get(id)?.receive(message);
  }

  callOf(id: number): GuestCall | undefined {
    return this.#running.get(id)?.call;
  }

  abort(id: number, reason: string): void {
    this.#running.get(id)?.abort(reason);
  }
}

/** One call in its instance. */
class Running {
  readonly call: GuestCall;
  readonly #forget: () => void;
  #instance: Instance | undefined;
  isOver = false;
  /** Nobody waits for it any more, and the guest goes on until it notices. */
  isGivenUp = false;

  constructor(call: GuestCall, forget: () => void) {
    this.call = call;
    this.#forget = forget;
  }

  /** @param free called when the guest has ended, or was unwound after it was given up; see `Done` */
  run(instance: Instance, free: Done): void {
    this.#instance = instance;
    const done = (rests: boolean, result?: unknown): boolean => {
      if (!this.isOver) {
        this.call.ended?.(result);
        this.#conclude(undefined);
      }
      return free(rests);
    };
    const stopped = (thrown: unknown): void => {
      if (this.isGivenUp && thrown instanceof GuestAbort) {
        free(false);
        return;
      }
      if (thrown instanceof GuestExit && !this.isOver && this.call.exited(thrown.status))
        this.#conclude(undefined);
      else this.fail(thrown);
      instance.discard();
    };
    try {
      instance.run(this.call, done, stopped);
    } catch (thrown) {
      stopped(thrown);
    }
  }

  receive(message: unknown): void {
    this.call.receive(message);
  }

  fail(thrown: unknown): void {
    if (!this.isOver) this.#conclude(describeTrap(thrown));
  }

  abort(reason: string): void {
    const abort = new GuestAbort(reason);
    this.isGivenUp = true;
    this.call.abort(abort);
    // It is over now, whatever the guest still waits for: a store may take its time.
    this.#conclude(undefined);
    this.#instance?.abort(abort);
  }

  #conclude(trap: Trap | undefined): void {
    this.isOver = true;
    const operations = this.#instance?.takeTrace() ?? noTrace;
    this.call.conclude(trap === undefined ? { operations } : { operations, trap });
    this.#forget();
  }
}
