import { trap } from '../guest-trap.ts';
import type { Enterable } from './enterable.ts';
import type { Task } from './task.ts';

/** The tasks of an instance; see `InstanceTasks`. */
interface Tasks {
  readonly around: readonly Enterable[];
}

/** A task that is to go on, when its instance lets it. */
export interface Turn {
  readonly tasks: Tasks;
  readonly task: Task;
  /** Whether its instance lets it now. */
  mayRun(): boolean;
  run(): void;
}

/** Who goes on when it is a task's turn. */
export interface Resumable {
  resumed(): void;
}

interface Frame {
  readonly tasks: Tasks;
  readonly task: Task;
  readonly entered: readonly Enterable[];
  /** Of who waits for it to leave. */
  left?: PromiseWithResolvers<void>;
}

/**
 * Whose code runs, of all instances that components of one program are made of: one task at a time, and below it those that
 * have called it. A task that waits leaves, and whoever called it goes on; when nobody is left, the next one gets its turn.
 * Source: `CanonicalABI.md`, `Store.tick` and `ComponentInstance.enter_from`.
 */
export class Schedule {
  readonly #frames: Frame[] = [];
  readonly #turns: Turn[] = [];
  /** How many of the stacks wait for the host without letting others run. */
  #held = 0;
  #isTicking = false;

  /** The task whose code runs. */
  get top(): { readonly tasks: Tasks; readonly task: Task } | undefined {
    return this.#frames.at(-1);
  }

  /** What the code that runs was called for, as far as the host has said so. */
  get origin(): unknown {
    return this.#frames.findLast(({ task }) => task.origin !== undefined)?.task.origin;
  }

  /** Runs a task at once: on top of whoever calls it, or of nobody. Traps where an instance is entered already. */
  enter(tasks: Tasks, task: Task, entered: readonly Enterable[]): void {
    for (const instance of entered) {
      if (instance.isEntered) trap('a component is called that has not returned from a call');
    }
    for (const instance of entered) instance.isEntered = true;
    this.#frames.push({ tasks, task, entered });
  }

  /** The running task waits, or has ended. */
  leave(): void {
    const frame = this.#frames.pop();
    if (frame !== undefined) {
      for (const instance of frame.entered) instance.isEntered = false;
      frame.left?.resolve();
    }
    this.#tickLater();
  }

  /** Whether nobody runs. */
  get isFree(): boolean {
    return this.#frames.length === 0;
  }

  /** Goes on with a task later, when nobody runs and its instance lets it. */
  queue(turn: Turn): void {
    this.#turns.push(turn);
    this.#tickLater();
  }

  /** Takes a turn back. */
  withdraw(turn: Turn): void {
    const index = this.#turns.indexOf(turn);
    if (index >= 0) this.#turns.splice(index, 1);
  }

  /**
   * After a task was called on a stack of its own: undefined where it waits or has ended, and a promise of that where its stack waits
   * for the host and lets nobody run. Traps where it has neither done, which is when it has trapped.
   */
  settled(task: Task): Promise<void> | undefined {
    const frame = this.#frameOf(task);
    if (frame === undefined) return undefined;
    if (this.#held === 0) trap('a component is called that traps');
    return left(frame);
  }

  /** Gives a turn on top of the stack that runs, which waits. Answers when its task waits or has ended; undefined where there is no such turn. */
  runOnTop(isWanted: (turn: Turn) => boolean): Promise<void> | undefined {
    const index = this.#turns.findIndex(isWanted);
    const [turn] = index < 0 ? [] : this.#turns.splice(index, 1);
    if (turn === undefined) return undefined;
    this.enter(turn.tasks, turn.task, []);
    turn.run();
    const frame = this.#frameOf(turn.task);
    return frame === undefined ? Promise.resolve() : left(frame);
  }

  /** The running stack waits for the host, and nobody runs meanwhile. */
  async hold<T>(ready: Promise<T>): Promise<T> {
    this.#held += 1;
    try {
      return await ready;
    } finally {
      if (this.#held > 0) this.#held -= 1;
    }
  }

  /** Forgets all that runs, or wants to. */
  clear(): void {
    for (const { entered, left } of this.#frames) {
      for (const instance of entered) instance.isEntered = false;
      left?.reject(new WebAssembly.RuntimeError('the component that was called has ended'));
    }
    // A list that is cut is made anew.
    if (this.#frames.length > 0) this.#frames.length = 0;
    if (this.#turns.length > 0) this.#turns.length = 0;
    this.#held = 0;
  }

  #frameOf(task: Task): Frame | undefined {
    return this.#frames.find((one) => one.task === task);
  }

  #tickLater(): void {
    if (this.#isTicking || this.#turns.length === 0 || this.#frames.length > 0) return;
    this.#isTicking = true;
    queueMicrotask(this.#tick);
  }

  /** The first one that may run. */
  #takeTurn(): Turn | undefined {
    const turns = this.#turns;
    const [first] = turns;
    // Mostly there is one.
    if (turns.length === 1 && first?.mayRun() === true) return turns.pop();
    const index = turns.findIndex((turn) => turn.mayRun());
    return index < 0 ? undefined : turns.splice(index, 1)[0];
  }

  readonly #tick = (): void => {
    this.#isTicking = false;
    if (this.#frames.length > 0) return;
    const turn = this.#takeTurn();
    if (turn === undefined) return;
    this.enter(turn.tasks, turn.task, turn.tasks.around);
    turn.run();
    this.#tickLater();
  };
}

/** Resolves when the task has left. */
function left(frame: Frame): Promise<void> {
  frame.left ??= Promise.withResolvers();
  return frame.left.promise;
}
