import { trap } from '../guest-trap.ts';
import type { InstanceTasks } from './instance-tasks.ts';
import type { Waitable } from './waitable.ts';
import type { SetWaiter, WaitableSet } from './waitable-set.ts';

/** Lets the running task wait on its stack until something is there; for a suspending import. */
export function waitOnStack<T>(tasks: InstanceTasks, ready: Promise<T>): Promise<T> {
  const task = tasks.current;
  if (!task.mayWait) return waitForSiblings(tasks, ready);
  tasks.pause();
  const aborted = Promise.withResolvers<never>();
  const forget = tasks.onAbort(aborted.reject);
  // The stack goes on in the microtask behind this one, and nobody else of the program runs until it waits again or ends.
  return Promise.race([ready, aborted.promise])
    .finally(forget)
    .then(
      (value) => new Promise((resolve) => tasks.resume(task, { resumed: () => resolve(value) })),
      (reason: unknown) =>
        new Promise((_, reject) => {
          // Of an instance that has ended, only what unwinds the stack is left.
          if (tasks.resume(task, { resumed: () => reject(reason) }) === undefined) reject(reason);
        }),
    );
}

/**
 * The same for a function of a synchronous type, which does not leave: only other tasks of its instance may go on meanwhile. It traps
 * where none of them can. Source: the end of `canon_lift` in `definitions.py`.
 */
function waitForSiblings<T>(tasks: InstanceTasks, ready: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const forget = tasks.onAbort(reject);
  let isReady = false;
  const noted = ready.finally(() => {
    isReady = true;
  });
  noted.catch(() => {});
  const wait = async (): Promise<T> => {
    for (;;) {
      // What has happened shows in turns a little later.
      await new Promise((resolve) => setImmediate(resolve));
      if (isReady) return noted;
      const ran = tasks.runReady();
      if (ran === undefined)
        trap('a function that is not asynchronous waits for what no other task can bring');
      await ran;
    }
  };
  return tasks.schedule.hold(Promise.race([wait(), aborted]).finally(forget));
}

/** The same for a function of the host: a task that may not wait for other guests may wait for the host, and holds all others up. */
export function waitForHost<T>(tasks: InstanceTasks, ready: Promise<T>): Promise<T> {
  // A call of the host's that is no task waits by itself.
  if (tasks.schedule.isFree) return ready;
  if (tasks.current.mayWait) return waitOnStack(tasks, ready);
  const aborted = Promise.withResolvers<never>();
  const forget = tasks.onAbort(aborted.reject);
  return tasks.schedule.hold(Promise.race([ready, aborted.promise]).finally(forget));
}

/** Resolves when something has happened to a waitable. */
export function pendingOf(waitable: Waitable): Promise<void> {
  return new Promise((resolve) => waitable.whenPending(resolve));
}

/** Resolves when something has happened to a member, or the task is to end. */
export function pendingOfSet(set: WaitableSet): Promise<void> {
  return new Promise((resolve) => {
    const waiter: SetWaiter = {
      notify() {
        set.unwatch(waiter);
        resolve();
      },
    };
    set.watch(waiter);
    if (set.hasPending) waiter.notify();
  });
}
