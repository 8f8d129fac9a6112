import { trap } from '../guest-trap.ts';
import type { Task } from './task.ts';

/** The most that a component may hold back calls, one inside the other. */
const mostBackpressure = 0xffff;

/** Something that is to be run as a task, when the component can. */
interface Turn {
  readonly task: Task;
  readonly run: () => void;
}

/**
 * The tasks of one component instance: which of them runs, which wait for their turn, and which may not begin yet. One stack of an
 * instance runs at a time; a stack that waits lets others run. Source: `CanonicalABI.md`, "Component Instances" and "Tasks".
 */
export class InstanceTasks {
  #running: Task | undefined;
  /** The task that has the core code to itself, whether it runs or waits. */
  #exclusive: Task | undefined;
  #backpressure = 0;
  /** Those that have not ended: what comes for others is for nobody. */
  readonly #live = new Set<Task>();
  readonly #aborts = new Set<(reason: unknown) => void>();
  readonly #entering: Turn[] = [];
  readonly #turns: Turn[] = [];
  /** Turns of tasks that wait for the core code. */
  readonly #wantCode: Turn[] = [];

  /** The task whose code calls now. */
  get current(): Task {
    if (this.#running === undefined) trap('the component calls out while none of its tasks runs');
    return this.#running;
  }

  /** Whether no task is left that runs, or waits for its turn. */
  get isIdle(): boolean {
    return (
      this.#running === undefined &&
      this.#exclusive === undefined &&
      this.#entering.length + this.#turns.length + this.#wantCode.length === 0
    );
  }

  /** Forgets all tasks: the instance is brought back to its start, or not used again. */
  clear(): void {
    this.#live.clear();
    this.#aborts.clear();
    this.#running = undefined;
    this.#exclusive = undefined;
    this.#backpressure = 0;
    this.#entering.length = 0;
    this.#turns.length = 0;
    this.#wantCode.length = 0;
  }

  increaseBackpressure(): void {
    this.#backpressure += 1;
    if (this.#backpressure > mostBackpressure) trap('the component holds calls back too often');
  }

  decreaseBackpressure(): void {
    if (this.#backpressure === 0) trap('the component does not hold calls back');
    this.#backpressure -= 1;
    this.#admit();
  }

  /** Begins a task when the component takes it: `run` is called with the core code to itself, where the task needs that. */
  enter(task: Task, run: () => void): void {
    this.#live.add(task);
    if (this.#entering.length > 0 || this.#isClosedTo(task)) {
      this.#entering.push({ task, run });
      return;
    }
    this.#begin({ task, run });
  }

  /** Goes on with a task when nobody else runs; one that needs the core code to itself waits for that, too. */
  resume(task: Task, run: () => void): void {
    if (!this.#live.has(task)) return;
    if (task.isExclusive && this.#exclusive !== undefined && this.#exclusive !== task) {
      this.#wantCode.push({ task, run });
      return;
    }
    if (task.isExclusive) this.#exclusive = task;
    this.#take({ task, run });
  }

  /** The running task stops here: it waits, or has ended. */
  pause(): void {
    this.#running = undefined;
    const next = this.#turns.shift();
    if (next !== undefined) this.#take(next);
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
    const aborts = [...this.#aborts];
    for (const abort of aborts) abort(reason);
    return aborts.length > 0;
  }

  /** A task does not need the core code until it is resumed. */
  release(task: Task): void {
    if (this.#exclusive !== task) return;
    this.#exclusive = undefined;
    const next = this.#wantCode.shift();
    if (next !== undefined) this.resume(next.task, next.run);
    else this.#admit();
  }

  #isClosedTo(task: Task): boolean {
    return this.#backpressure > 0 || (task.isExclusive && this.#exclusive !== undefined);
  }

  #admit(): void {
    const [first] = this.#entering;
    if (first === undefined || this.#isClosedTo(first.task)) return;
    this.#entering.shift();
    this.#begin(first);
    this.#admit();
  }

  #begin(turn: Turn): void {
    if (turn.task.isExclusive) this.#exclusive = turn.task;
    this.#take(turn);
  }

  #take(turn: Turn): void {
    if (this.#running !== undefined) {
      this.#turns.push(turn);
      return;
    }
    this.#running = turn.task;
    turn.run();
  }
}
