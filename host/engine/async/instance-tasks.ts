import { trap } from '../guest-trap.ts';
import type { Enterable } from './enterable.ts';
import type { Resumable, Schedule, Turn } from './schedule.ts';
import { synchronousTask, type Task } from './task.ts';

/** The most that a component may hold back calls, one inside the other. */
const mostBackpressure = 0xffff;

/** The eras that instances have had, of all instances of the thread. */
let eras = 0;

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
  /** Tasks that have not ended have the number of the era: what comes for others is for nobody. */
  #era = nextEra();
  #live = 0;
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
    return this.#live === 0;
  }

  /** Whether a task has not ended, and its instance has not either. */
  isLive(task: Task): boolean {
    return task.era === this.#era;
  }

  /** Forgets all tasks: the instance is brought back to its start, or not used again. */
  clear(): void {
    this.#era = nextEra();
    this.#live = 0;
    // What is cleared is made anew.
    if (this.#aborts.size > 0) this.#aborts.clear();
    if (this.#entering.size > 0) this.#entering.clear();
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
   * Begins a task when the component takes it, with the core code to itself where the task needs that.
   *
   * @param entered the instances that a call of another component enters; absent for a call of the host
   */
  enter(task: Task, entered?: readonly Enterable[]): void {
    task.era = this.#era;
    this.#live += 1;
    const isOpen = !task.mayWait || (this.#entering.size === 0 && !this.#isClosedTo(task));
    if (isOpen && (entered !== undefined || this.schedule.isFree)) {
      this.schedule.enter(this, task, entered ?? this.around);
      this.#begin(task);
      return;
    }
    const turn: Turn = {
      tasks: this,
      task,
      mayRun: () => !task.mayWait || !this.#isClosedTo(task),
      run: () => {
        this.#entering.delete(task);
        this.#begin(task);
      },
    };
    this.#entering.set(task, turn);
    this.schedule.queue(turn);
  }

  #begin(task: Task): void {
    this.#takeCode(task);
    task.begin();
  }

  /** A task ends that has not begun. */
  withdraw(task: Task): void {
    const turn = this.#entering.get(task);
    this.#entering.delete(task);
    this.end(task);
    if (turn !== undefined) this.schedule.withdraw(turn);
  }

  /**
   * Goes on with a task when nobody else runs; one that needs the core code to itself waits for that, too. Answers its turn, which can
   * be taken back.
   */
  resume(task: Task, resumed: Resumable): Turn | undefined {
    if (!this.isLive(task)) return undefined;
    const turn = new Resumption(this, task, resumed);
    this.schedule.queue(turn);
    return turn;
  }

  /** Makes a task the running one at once, on top of that whose code runs, in another instance. Call it only where `mayRun` holds. */
  interrupt(task: Task, entered: readonly Enterable[]): void {
    this.schedule.enter(this, task, entered);
    this.#takeCode(task);
  }

  /** The task is the running one again. */
  resumed(task: Task): void {
    this.#takeCode(task);
  }

  /**
   * Runs a task that is ready on top of one that waits without leaving the instance. Answers when it waits again or has ended;
   * undefined where none is ready.
   */
  runReady(): Promise<void> | undefined {
    return this.schedule.runOnTop(
      (turn) => turn.tasks === this && turn.task.hasStarted && turn.task !== this.#exclusive && turn.mayRun(),
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
    if (!this.isLive(task)) return;
    task.era = 0;
    this.#live -= 1;
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

/** A task of an instance that is to go on. */
class Resumption implements Turn {
  readonly tasks: InstanceTasks;
  readonly task: Task;
  readonly #resumed: Resumable;

  constructor(tasks: InstanceTasks, task: Task, resumed: Resumable) {
    this.tasks = tasks;
    this.task = task;
    this.#resumed = resumed;
  }

  mayRun(): boolean {
    return this.tasks.mayRun(this.task);
  }

  run(): void {
    this.tasks.resumed(this.task);
    this.#resumed.resumed();
  }
}

function nextEra(): number {
  eras += 1;
  return eras;
}
