import { trap } from '../guest-trap.ts';
import { cancelEvent, type Event, noEvent } from './event.ts';
import type { InstanceTasks } from './instance-tasks.ts';
import { Task, type TaskOwner } from './task.ts';
import type { WaitableSet } from './waitable-set.ts';

/** How an exported function is lifted; see `CanonicalABI.md`, `canon lift`. */
export interface AsyncExport {
  /** Calls the core function with its arguments, which are lowered now; a promise where its stack may be suspended. */
  start(): unknown;
  /** Tells the guest of an event; absent where the function waits on its own stack. */
  readonly callback: ((code: number, waitable: number, payload: number) => unknown) | undefined;
}

/** What a function with a callback, or the callback, answers: what is to happen next, and the set to wait for above it. */
const next = { exit: 0, yield: 1, wait: 2 } as const;

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
): Task {
  const { callback } = exported;
  const task = new Task(owner, true, callback !== undefined);
  const run = (core: () => unknown): void => {
    let answer: unknown;
    try {
      answer = core();
    } catch (thrown) {
      fail(thrown);
      return;
    }
    if (answer instanceof Promise) answer.then(ran, fail);
    else ran(answer);
  };
  const ran = (answer: unknown): void => {
    try {
      if (callback === undefined || isExit(answer)) {
        // Whoever hears of the end finds the instance without it.
        tasks.pause();
        tasks.release(task);
        tasks.end(task);
        task.end();
        return;
      }
      waitFor(answer as number);
    } catch (thrown) {
      owner.failed(thrown);
    }
  };
  const fail = (thrown: unknown): void => {
    tasks.pause();
    tasks.release(task);
    tasks.end(task);
    owner.failed(thrown);
  };
  const tell = ({ code, waitable, payload }: Event): void => run(() => callback?.(code, waitable, payload));
  const waitFor = (packed: number): void => {
    const code = packed & 0xf;
    if (code === next.yield) {
      tasks.pause();
      tasks.release(task);
      // Others get their turn, those too that come from outside.
      setImmediate(() => tasks.resume(task, () => tell(task.takeCancellation() ? cancelEvent : noEvent)));
      return;
    }
    if (code !== next.wait) trap(`a callback asks for what is unknown: ${code}`);
    const set = sets(packed >>> 4);
    tasks.pause();
    tasks.release(task);
    waitOn(set);
  };
  const waitOn = (set: WaitableSet): void => {
    let isWaking = false;
    const look = (): void => {
      const event = task.takeCancellation() ? cancelEvent : set.take();
      isWaking = false;
      if (event === undefined) {
        // Another task has taken it; the code is for whoever needs it.
        tasks.pause();
        tasks.release(task);
        return;
      }
      set.unwatch(wake);
      task.waits(undefined);
      tell(event);
    };
    // Whoever notifies may be in the middle of something, perhaps of this instance.
    const wake = (): void => {
      if (isWaking) return;
      isWaking = true;
      queueMicrotask(() => tasks.resume(task, look));
    };
    set.watch(wake);
    task.waits(wake);
    if (set.hasPending) wake();
  };
  tasks.enter(task, () => {
    if (task.isResolved) {
      tasks.pause();
      tasks.release(task);
      tasks.end(task);
      owner.ended();
      return;
    }
    task.started();
    run(exported.start);
  });
  return task;
}

function isExit(answer: unknown): boolean {
  return typeof answer !== 'number' || (answer & 0xf) === next.exit;
}
