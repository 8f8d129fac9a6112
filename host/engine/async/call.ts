import { trap } from '../guest-trap.ts';
import type { CallScope } from '../link/call-scope.ts';
import type { Enterable } from './enterable.ts';
import { cancelEvent, type Event, noEvent } from './event.ts';
import type { InstanceTasks } from './instance-tasks.ts';
import type { Resumable, Turn } from './schedule.ts';
import { type Cancelled, Task, type TaskForm, type TaskOwner } from './task.ts';
import type { SetWaiter, WaitableSet } from './waitable-set.ts';

/** How an exported function is lifted; see `CanonicalABI.md`, `canon lift`. */
export interface AsyncExport {
  /** Calls the core function with its arguments, which are asked for and lowered now; a promise where its stack may be suspended. */
  start(values: () => readonly unknown[], scope: CallScope | undefined): unknown;
  /** Tells the guest of an event; absent where the function waits on its own stack. */
  readonly callback: ((code: number, waitable: number, payload: number) => unknown) | undefined;
  /** Gives the result of a function that is lifted synchronously, and cleans up after it. */
  readonly finish: ((task: Task, answer: unknown) => void) | undefined;
  readonly form: TaskForm;
  /** What it answers, or its callback, is given to `Task.answered` before its stack ends; a promise matters only where it rejects. */
  readonly tellsEarly: boolean;
  readonly tasks: InstanceTasks;
  /** Finds a set of waitables by the guest's handle. */
  set(handle: number): WaitableSet;
}

/** Another component that calls. */
export interface GuestCaller {
  /** The instances that are entered by the call. */
  readonly entered: readonly Enterable[];
  readonly scope: CallScope;
}

/** What a function with a callback, or the callback, answers: what is to happen next, and the set to wait for above it. */
const next = { exit: 0, yield: 1, wait: 2 } as const;

/**
 * So often a task that yields goes on in the same turn of the event loop. What Rust's bindings make of an answer yields once: it would
 * wait for all requests that have come meanwhile, and each of these would need an instance of its own.
 */
const mostPromptYields = 8;

/**
 * Calls an asynchronous export. It runs until it waits for the first time before this returns, where the instance takes it at once.
 *
 * @param values the arguments, asked for when the instance takes the call
 */
export function callAsync(
  exported: AsyncExport,
  values: () => readonly unknown[],
  owner: TaskOwner,
  caller?: GuestCaller,
): Task {
  const task = new ExportTask(exported, values, owner, caller?.scope);
  exported.tasks.enter(task, caller?.entered);
  return task;
}

/** A call of an asynchronous export. One object does all of it, because each request makes one. */
class ExportTask extends Task implements Cancelled, SetWaiter, Resumable {
  readonly #exported: AsyncExport;
  readonly #values: () => readonly unknown[];
  #promptYields = mostPromptYields;
  /** How often it has waited. */
  #waits = 0;
  #isWaiting = false;
  /** What it waits for; absent where it yields. */
  #set: WaitableSet | undefined;
  /** Its turn to go on, where there is one. */
  #turn: Turn | undefined;
  /** It was asked to end while it waits. */
  #isToEnd = false;

  constructor(
    exported: AsyncExport,
    values: () => readonly unknown[],
    owner: TaskOwner,
    scope: CallScope | undefined,
  ) {
    super(owner, exported.form);
    this.#exported = exported;
    this.#values = values;
    this.scope = scope;
    this.origin = owner.origin;
  }

  override begin(): void {
    this.started();
    let answer: unknown;
    try {
      answer = this.#exported.start(this.#values, this.scope);
    } catch (thrown) {
      this.#fail(thrown);
      return;
    }
    this.#ran(answer);
  }

  protected override withdrawn(): void {
    this.#exported.tasks.withdraw(this);
    this.owner.ended();
  }

  override answered(answer: unknown): void {
    const { finish, callback, tasks } = this.#exported;
    finish?.(this, answer);
    if (callback === undefined || isExit(answer)) {
      if (!this.isResolved) trap('a task ends without a result');
      // Whoever hears of the end finds the instance without it.
      this.#leave();
      tasks.end(this);
      this.end();
      return;
    }
    this.#waitFor(answer as number);
  }

  /** Something has happened in the set that it waits for. */
  notify(): void {
    this.#turn ??= this.#exported.tasks.resume(this, this);
  }

  /** It is its turn to go on. */
  resumed(): void {
    this.#turn = undefined;
    const event = this.#isToEnd && this.takeCancellation() ? cancelEvent : this.#takeEvent();
    // Another task may have taken it.
    if (event === undefined) this.#leave();
    else this.#goOn(event);
  }

  /** It is asked to end while it waits. */
  cancelRequested(entered: readonly Enterable[] | undefined): void {
    const { tasks } = this.#exported;
    if (!tasks.isLive(this)) return;
    if (entered === undefined) {
      this.#isToEnd = true;
      this.notify();
    } else if (tasks.mayRun(this) && !entered.some(({ isEntered }) => isEntered)) {
      tasks.interrupt(this, entered);
      this.#goOn(this.takeCancellation() ? cancelEvent : noEvent);
    }
  }

  #ran(answer: unknown): void {
    const isLater = answer instanceof Promise;
    if (this.#exported.tellsEarly) {
      if (isLater) answer.catch((thrown: unknown) => this.#fail(thrown));
    } else if (isLater) {
      answer.then(
        (given: unknown) => this.#take(given),
        (thrown: unknown) => this.#fail(thrown),
      );
    } else this.#take(answer);
  }

  #take(answer: unknown): void {
    try {
      this.answered(answer);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    if (this.#exported.tasks.isLive(this)) this.owner.failed(thrown);
  }

  #leave(): void {
    const { tasks } = this.#exported;
    tasks.release(this);
    tasks.pause();
  }

  #tell({ code, waitable, payload }: Event): void {
    let answer: unknown;
    try {
      answer = this.#exported.callback?.(code, waitable, payload);
    } catch (thrown) {
      this.#fail(thrown);
      return;
    }
    this.#ran(answer);
  }

  #waitFor(packed: number): void {
    const code = packed & 0xf;
    if (code <= next.wait && this.takeCancellation()) {
      if (code === next.wait) this.#exported.set(packed >>> 4);
      this.#tell(cancelEvent);
      return;
    }
    if (code === next.yield) {
      this.#leave();
      this.#wait(undefined);
      return;
    }
    if (code !== next.wait) trap(`a callback asks for what is unknown: ${code}`);
    const set = this.#exported.set(packed >>> 4);
    this.#leave();
    this.#wait(set);
  }

  /**
   * Goes on with the callback when there is an event: of a set, or after others had their turn, in time those too that come from outside.
   */
  #wait(set: WaitableSet | undefined): void {
    this.#set = set;
    this.#isWaiting = true;
    this.#isToEnd = false;
    this.#waits += 1;
    this.waits(this);
    if (set === undefined) this.#yield();
    else {
      set.watch(this);
      if (set.hasPending) this.notify();
    }
  }

  #yield(): void {
    const wait = this.#waits;
    const again = (): void => {
      if (this.#isWaiting && wait === this.#waits) this.notify();
    };
    if (this.#promptYields > 0) {
      this.#promptYields -= 1;
      queueMicrotask(again);
    } else setImmediate(again);
  }

  #takeEvent(): Event | undefined {
    return this.#set === undefined ? noEvent : this.#set.take();
  }

  #goOn(event: Event): void {
    this.#set?.unwatch(this);
    if (this.#turn !== undefined) this.#exported.tasks.schedule.withdraw(this.#turn);
    this.#turn = undefined;
    this.#isWaiting = false;
    this.waits(undefined);
    this.#tell(event);
  }
}

function isExit(answer: unknown): boolean {
  return typeof answer !== 'number' || (answer & 0xf) === next.exit;
}
