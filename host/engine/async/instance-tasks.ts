import { trap } from '../guest-trap.ts';
import type { Enterable } from './enterable.ts';
import type { Schedule, Turn } from './schedule.ts';
import { synchronousTask, type Task } from './task.ts';

/** The most that a component may hold back calls, one inside the other. */
const mostBackpressure = 0xffff;

/**
 * The tasks of one component instance: which of them has the core code, and which may not begin yet. One stack of a program runs
 * at a time; a stack that waits lets others run. Source: `CanonicalABI.md`, "Component Instances" and "Tasks".
 */
export class InstanceTasks {
  readonly schedule: Schedule;
  /** The instance, and those around it. */
  readonly around: readonly Enterable[];
  /** The task that has the core code to itself, whether it runs or waits. */
  #exclusive: Task | undefined;
  #backpressure = 0;
  /** Those that have not ended: what comes for others is for nobody. */
  readonly #live = new Set<Task>();
  readonly #aborts = new Set<(reason: unknown) => void>();
  /** Those that may not begin yet. */
  readonly #entering = new Map<Task, Turn>();
  #errand: Task | undefined;

  constructor(schedule: Schedule, around: readonly Enterable[]) {
    this.schedule = schedule;
    this.around = around;
  }

  /** The task whose code calls now. */
  get current(): Task {
    const { top } = this.schedule;
    if (top === undefined) trap('the component calls out while none of its tasks runs');
    if (top.tasks === this) return top.task;
    // It allocates for values that another component gives it.
    this.#errand ??= synchronousTask();
    return this.#errand;
  }

  /** Whether no task is left. */
  get isIdle(): boolean {
    return this.#live.size === 0;
  }

  /** Whether a task has not ended, and its instance has not either. */
  isLive(task: Task): boolean {
    return this.#live.has(task);
  }

  /** Forgets all tasks: the instance is brought back to its start, or not used again. */
  clear(): void {
    this.#live.clear();
    this.#aborts.clear();
    this.#entering.clear();
    this.#exclusive = undefined;
    this.#errand = undefined;
    this.#backpressure = 0;
    this.schedule.clear();
  }

  increaseBackpressure(): void {
    this.#backpressure += 1;
    if (this.#backpressure > mostBackpressure) trap('the component holds calls back too often');
  }

  decreaseBackpressure(): void {
    if (this.#backpressure === 0) trap('the component does not hold calls back');
    this.#backpressure -= 1;
  }

  /**
   * Begins a task when the component takes it: `run` is called with the core code to itself, where the task needs that.
   *
   * @param entered the instances that a call of another component enters; absent for a call of the host
   */
  enter(task: Task, run: () => void, entered?: readonly Enterable[]): void {
    this.#live.add(task);
    const begin = (): void => {
      if (task.isExclusive) this.#exclusive = task;
      run();
    };
    const isOpen = !task.mayWait || (this.#entering.size === 0 && !this.#isClosedTo(task));
    if (isOpen && (entered !== undefined || this.schedule.isFree)) {
      this.schedule.enter(this, task, entered ?? this.around);
      begin();
      return;
    }
    const turn: Turn = {
      tasks: this,
      task,
      mayRun: () => !task.mayWait || !this.#isClosedTo(task),
      run: () => {
        this.#entering.delete(task);
        begin();
      },
    };
    this.#entering.set(task, turn);
    this.schedule.queue(turn);
  }

  /** A task ends that has not begun. */
  withdraw(task: Task): void {
    const turn = this.#entering.get(task);
    this.#entering.delete(task);
    this.#live.delete(task);
    if (turn !== undefined) this.schedule.withdraw(turn);
  }

  /**
   * Goes on with a task when nobody else runs; one that needs the core code to itself waits for that, too. Answers its turn, which can
   * be taken back.
   */
  resume(task: Task, run: () => void): Turn | undefined {
    if (!this.#live.has(task)) return undefined;
    const turn: Turn = {
      tasks: this,
      task,
      mayRun: () => this.mayRun(task),
      run: () => {
        this.#takeCode(task);
        run();
      },
    };
    this.schedule.queue(turn);
    return turn;
  }

  /** The same at once, on top of the task that runs, whose instance is another one. Call it only where `mayRun` holds. */
  interrupt(task: Task, entered: readonly Enterable[], run: () => void): void {
    this.schedule.enter(this, task, entered);
    this.#takeCode(task);
    run();
  }

  /**
   * Runs a task that is ready on top of one that waits without leaving the instance. Answers when it waits again or has ended;
   * undefined where none is ready.
   */
  runReady(): Promise<void> | undefined {
    return this.schedule.runOnTop(
      ({ tasks, task, mayRun }) => tasks === this && task.hasStarted && task !== this.#exclusive && mayRun(),
    );
  }

  /** Whether the core code is there for a task that has begun. */
  mayRun(task: Task): boolean {
    return !task.isExclusive || this.#exclusive === undefined || this.#exclusive === task;
  }

  /** The running task stops here: it waits, or has ended. */
  pause(): void {
    this.schedule.leave();
  }

  /** A task has ended. */
  end(task: Task): void {
    this.#live.delete(task);
  }

  /** Calls back when the instance's stacks are to be unwound. The answer takes the callback back. */
  onAbort(callback: (reason: unknown) => void): () => void {
    this.#aborts.add(callback);
    return () => this.#aborts.delete(callback);
  }

  /** Unwinds the stacks that wait. Answers whether there were some. */
  abort(reason: unknown): boolean {
    const unwind = this.unwinding();
    unwind?.(reason);
    return unwind !== undefined;
  }

  /** What unwinds the stacks that wait now; absent where none does. */
  unwinding(): ((reason: unknown) => void) | undefined {
    if (this.#aborts.size === 0) return undefined;
    const aborts = [...this.#aborts];
    return (reason) => {
      for (const abort of aborts) abort(reason);
    };
  }

  /** A task does not need the core code until it is resumed. */
  release(task: Task): void {
    if (this.#exclusive === task) this.#exclusive = undefined;
  }

  #takeCode(task: Task): void {
    if (task.isExclusive) this.#exclusive = task;
  }

  #isClosedTo(task: Task): boolean {
    return this.#backpressure > 0 || (task.isExclusive && this.#exclusive !== undefined);
  }
}
