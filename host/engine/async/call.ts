import { trap } from '../guest-trap.ts';
import type { CallScope } from '../link/call-scope.ts';
import type { Enterable } from './enterable.ts';
import { cancelEvent, type Event, noEvent } from './event.ts';
import type { InstanceTasks } from './instance-tasks.ts';
import type { Turn } from './schedule.ts';
import { Task, type TaskForm, type TaskOwner } from './task.ts';
import type { WaitableSet } from './waitable-set.ts';

/** How an exported function is lifted; see `CanonicalABI.md`, `canon lift`. */
export interface AsyncExport {
  /** Calls the core function with its arguments, which are lowered now; a promise where its stack may be suspended. */
  start(): unknown;
  /** Tells the guest of an event; absent where the function waits on its own stack. */
  readonly callback: ((code: number, waitable: number, payload: number) => unknown) | undefined;
  /** Gives the result of a function that is lifted synchronously, and cleans up after it. */
  readonly finish?: (task: Task, answer: unknown) => void;
  readonly form: TaskForm;
  /** What it answers, or its callback, is given to `Task.answered` before its stack ends; a promise matters only where it rejects. */
  readonly tellsEarly: boolean;
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
 * @param sets finds a set of waitables by the guest's handle
 */
export function callAsync(
  exported: AsyncExport,
  tasks: InstanceTasks,
  sets: (handle: number) => WaitableSet,
  owner: TaskOwner,
  caller?: GuestCaller,
): Task {
  const { callback, finish, form, tellsEarly } = exported;
  const task = new Task(
    {
      returned: (value) => owner.returned(value),
      cancelled: () => {
        owner.cancelled();
        if (task.hasStarted) return;
        tasks.withdraw(task);
        owner.ended();
      },
      ended: () => owner.ended(),
      failed: (thrown) => owner.failed(thrown),
    },
    form,
  );
  task.scope = caller?.scope;
  task.origin = owner.origin;
  const run = (core: () => unknown): void => {
    let answer: unknown;
    try {
      answer = core();
    } catch (thrown) {
      fail(thrown);
      return;
    }
    if (tellsEarly) {
      if (answer instanceof Promise) answer.catch(fail);
    } else if (answer instanceof Promise) answer.then(ran, fail);
    else ran(answer);
  };
  const ran = (answer: unknown): void => {
    try {
      task.answered(answer);
    } catch (thrown) {
      fail(thrown);
    }
  };
  task.answered = (answer: unknown): void => {
    finish?.(task, answer);
    if (callback === undefined || isExit(answer)) {
      if (!task.isResolved) trap('a task ends without a result');
      // Whoever hears of the end finds the instance without it.
      leave();
      tasks.end(task);
      task.end();
      return;
    }
    waitFor(answer as number);
  };
  const fail = (thrown: unknown): void => {
    if (tasks.isLive(task)) owner.failed(thrown);
  };
  const leave = (): void => {
    tasks.release(task);
    tasks.pause();
  };
  const tell = ({ code, waitable, payload }: Event): void => run(() => callback?.(code, waitable, payload));
  const waitFor = (packed: number): void => {
    const code = packed & 0xf;
    if (code <= next.wait && task.takeCancellation()) {
      if (code === next.wait) sets(packed >>> 4);
      tell(cancelEvent);
      return;
    }
    if (code === next.yield) {
      leave();
      park(() => noEvent);
      return;
    }
    if (code !== next.wait) trap(`a callback asks for what is unknown: ${code}`);
    const set = sets(packed >>> 4);
    leave();
    park(() => set.take(), set);
  };
  let promptYields = mostPromptYields;
  /**
   * Goes on with the callback when there is an event: of a set, or after others had their turn, in time those too that come from outside.
   */
  const park = (take: () => Event | undefined, set?: WaitableSet): void => {
    let turn: Turn | undefined;
    let isOver = false;
    let isToEnd = false;
    const wake = (): void => {
      turn ??= tasks.resume(task, () => {
        turn = undefined;
        const event = isToEnd && task.takeCancellation() ? cancelEvent : take();
        // Another task may have taken it.
        if (event === undefined) leave();
        else go(event);
      });
    };
    const go = (event: Event): void => {
      set?.unwatch(wake);
      if (turn !== undefined) tasks.schedule.withdraw(turn);
      isOver = true;
      task.waits(undefined);
      tell(event);
    };
    task.waits((entered) => {
      if (!tasks.isLive(task)) return;
      if (entered === undefined) {
        isToEnd = true;
        wake();
      } else if (tasks.mayRun(task) && !entered.some(({ isEntered }) => isEntered))
        tasks.interrupt(task, entered, () => go(task.takeCancellation() ? cancelEvent : noEvent));
    });
    if (set === undefined) {
      const again = (): void => {
        if (!isOver) wake();
      };
      if (promptYields > 0) {
        promptYields -= 1;
        queueMicrotask(again);
      } else setImmediate(again);
      return;
    }
    set.watch(wake);
    if (set.hasPending) wake();
  };
  tasks.enter(
    task,
    () => {
      task.started();
      run(exported.start);
    },
    caller?.entered,
  );
  return task;
}

function isExit(answer: unknown): boolean {
  return typeof answer !== 'number' || (answer & 0xf) === next.exit;
}
