import type { InstanceTasks } from './instance-tasks.ts';
import type { Waitable } from './waitable.ts';
import type { WaitableSet } from './waitable-set.ts';

/** Lets the running task wait on its stack until something is there; for a suspending import. */
export function waitOnStack<T>(tasks: InstanceTasks, ready: Promise<T>): Promise<T> {
  const task = tasks.current;
  tasks.pause();
  const aborted = Promise.withResolvers<never>();
  const forget = tasks.onAbort(aborted.reject);
  // The stack goes on in the microtask behind this one, and nobody else of the instance runs until it waits again or ends.
  return Promise.race([ready, aborted.promise])
    .finally(forget)
    .then(
      (value) => new Promise((resolve) => tasks.resume(task, () => resolve(value))),
      (reason: unknown) => new Promise((_, reject) => tasks.resume(task, () => reject(reason))),
    );
}

/** Resolves when something has happened to a waitable. */
export function pendingOf(waitable: Waitable): Promise<void> {
  return new Promise((resolve) => waitable.whenPending(resolve));
}

/** Resolves when something has happened to a member, or the task is to end. */
export function pendingOfSet(set: WaitableSet): Promise<void> {
  return new Promise((resolve) => {
    const waiter = (): void => {
      set.unwatch(waiter);
      resolve();
    };
    set.watch(waiter);
    if (set.hasPending) waiter();
  });
}
