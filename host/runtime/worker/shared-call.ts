import type { Outcome, Trap } from '../outcome.ts';
import { defaultBounds, TraceLog } from '../trace/trace-log.ts';
import type { Fail } from './call-end.ts';
import type { Guest } from './guest.ts';
import { GuestExit } from './guest-exit.ts';
import type { Shared } from './instance.ts';
import type { ProgramInstance } from './program.ts';
import { describeTrap, GuestAbort } from './trap.ts';
import type { GuestCall } from './worker-trigger.ts';

/** A request that shares its instance with others. */
export class SharedCall {
  readonly id: number;
  readonly trace: TraceLog;
  readonly call: GuestCall;
  readonly #forget: () => void;
  #isOver = false;
  #isGivenUp = false;
  /** Tells its instance that nobody waits for it any more. */
  onGiveUp: (reason: string) => void = () => {};

  constructor(call: GuestCall, { operations, setup, progress }: Shared, forget: () => void) {
    this.id = call.id;
    this.call = call;
    this.#forget = forget;
    this.trace = new TraceLog(operations, setup.trace ?? defaultBounds, () => progress(call.id));
  }

  /** Nobody waits for it any more, and the guest goes on. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Runs it, and then calls either `done` or `fail`; see `ProgramInstance.call`. */
  run(guest: ProgramInstance, view: Guest, done: () => void, fail: Fail): void {
    const call = this.call;
    const ended = (): false => {
      this.#conclude(undefined);
      done();
      return false;
    };
    guest.call(call.args(view), ended, fail, call.returned?.bind(call), call.entry, this);
  }

  receive(message: unknown): void {
    this.call.receive(message);
  }

  abort(reason: string): void {
    this.#isGivenUp = true;
    this.call.abort(new GuestAbort(reason));
    this.#conclude(undefined);
    this.onGiveUp(reason);
  }

  /** Its instance has ended. @param isByItself whether it was this request that ended it */
  stopped(thrown: unknown, isByItself: boolean): void {
    if (this.#isOver) return;
    const isGood = isByItself && thrown instanceof GuestExit && this.call.exited(thrown.status);
    if (isByItself) this.#conclude(isGood ? undefined : describeTrap(thrown));
    else {
      const { reason } = describeTrap(thrown);
      this.#conclude({
        reason: `another request ended the instance that served this one as well: ${reason}`,
        backtrace: [],
      });
    }
  }

  #conclude(trap: Trap | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const operations = this.trace.take();
    const outcome: Outcome = trap === undefined ? { operations } : { operations, trap };
    this.call.conclude(outcome);
    this.#forget();
  }
}
