import type { GuestMemory } from '../abi/guest-memory.ts';
import { trap } from '../guest-trap.ts';
import type { AsyncTable, AsyncType } from './async-table.ts';
import type { CopyEnd, Shared } from './copy-end.ts';
import { blocked, cancelEvent, type Event, noEvent } from './event.ts';
import { ReadableFutureEnd, WritableFutureEnd } from './future-end.ts';
import { type Elements, GuestSource, GuestTarget } from './guest-buffer.ts';
import type { InstanceTasks } from './instance-tasks.ts';
import type { Leaving } from './leaving.ts';
import { pendingOf, pendingOfSet, waitOnStack } from './stacks.ts';
import { ReadableStreamEnd, WritableStreamEnd } from './stream-end.ts';
import { Subtask } from './subtask.ts';
import type { Task } from './task.ts';
import type { Waitable } from './waitable.ts';

type Answer = number | Promise<number>;

/** The canonical built-ins of the asynchronous ABI, for one component instance. Source: `CanonicalABI.md`, "Canonical Definitions". */
export class BuiltIns {
  readonly #tasks: InstanceTasks;
  readonly #table: AsyncTable;

  readonly #component: Leaving;
  readonly #fail: (thrown: unknown) => void;

  /** @param fail see `AsyncState.fail` */
  constructor(component: Leaving, tasks: InstanceTasks, table: AsyncTable, fail: (thrown: unknown) => void) {
    this.#component = component;
    this.#fail = fail;
    this.#tasks = tasks;
    this.#table = table;
  }

  contextGet(slot: number): number {
    return this.#tasks.current.storage[slot] ?? 0;
  }

  contextSet(slot: number, value: number): void {
    this.#tasks.current.storage[slot] = value;
  }

  increaseBackpressure(): void {
    this.#tasks.increaseBackpressure();
  }

  decreaseBackpressure(): void {
    this.#tasks.decreaseBackpressure();
  }

  /** @param form what is returned, and how; see `ResourceKinds.ofResult` */
  taskReturn(value: unknown, form: number): void {
    const task = this.#leaving().current;
    if (!task.isAsync) trap('task.return is called by a function that is lifted synchronously');
    if (task.answers !== undefined && task.answers !== form)
      trap('task.return gives another type than that of its function, or has other options');
    task.return(value);
  }

  taskCancel(): void {
    const task = this.#leaving().current;
    if (!task.isAsync) trap('task.cancel is called by a function that is lifted synchronously');
    task.cancel();
  }

  newSet(): number {
    this.#leaving();
    return this.#table.newSet();
  }

  dropSet(handle: number): void {
    this.#leaving();
    this.#table.dropSet(handle);
  }

  join(handle: number, set: number): void {
    this.#leaving();
    const waitable = this.#table.waitable(handle);
    if (waitable.hasWaiter) trap('a waitable joins a set while it is waited for');
    waitable.join(set === 0 ? undefined : this.#table.set(set));
  }

  /** For a suspending import. */
  waitForSet(isCancellable: boolean, memory: GuestMemory, handle: number, pointer: number): Answer {
    const tasks = this.#leaving();
    const set = this.#table.set(handle);
    const task = tasks.current;
    const look = (): Event | undefined =>
      isCancellable && task.takeCancellation() ? cancelEvent : set.take();
    const event = look();
    if (event !== undefined) return store(memory, pointer, event);
    const wait = async (): Promise<number> => {
      for (;;) {
        const cancelled = isCancellable ? cancellationOf(task) : undefined;
        const pending = pendingOfSet(set);
        await waitOnStack(tasks, cancelled === undefined ? pending : Promise.race([pending, cancelled]));
        task.waits(undefined);
        const found = look();
        if (found !== undefined) return store(memory, pointer, found);
      }
    };
    return wait();
  }

  pollSet(isCancellable: boolean, memory: GuestMemory, handle: number, pointer: number): number {
    const tasks = this.#leaving();
    const set = this.#table.set(handle);
    if (isCancellable && tasks.current.takeCancellation()) return store(memory, pointer, cancelEvent);
    return store(memory, pointer, set.take() ?? noEvent);
  }

  /** For a suspending import. */
  yield(isCancellable: boolean): Answer {
    const tasks = this.#leaving();
    const task = tasks.current;
    if (isCancellable && task.takeCancellation()) return 1;
    // No other has a turn before it returns.
    if (!task.mayWait) return 0;
    const turn = waitOnStack(tasks, new Promise<void>((resolve) => setImmediate(resolve)));
    return turn.then(() => (isCancellable && task.takeCancellation() ? 1 : 0));
  }

  cancelSubtask(isAsync: boolean, handle: number): Answer {
    const tasks = this.#leaving();
    const subtask = this.#table.end(Subtask, handle);
    if (subtask.isDelivered) trap('a call is cancelled whose end the component has seen');
    if (subtask.isCancelled) trap('a call is cancelled twice');
    if (subtask.isInSet && !isAsync) trap('a call in a waitable set is cancelled synchronously');
    if (!subtask.isResolved) {
      subtask.isCancelled = true;
      subtask.onCancel();
      if (!subtask.isResolved) {
        if (isAsync) return blocked;
        return waitOnStack(tasks, subtask.end).then(() => subtask.takePending().payload);
      }
    }
    return subtask.takePending().payload;
  }

  dropSubtask(handle: number): void {
    this.#leaving();
    this.#table.end(Subtask, handle).drop();
    this.#table.remove(handle);
  }

  newStream(type: AsyncType): bigint {
    this.#leaving();
    return this.#table.newStream(type);
  }

  newFuture(type: AsyncType): bigint {
    this.#leaving();
    return this.#table.newFuture(type);
  }

  readStream(copy: Copy, handle: number, pointer: number, length: number): Answer {
    const end = this.#idle(ReadableStreamEnd, copy, handle);
    end.read(this, handle, new GuestTarget(copy.elements, pointer, length >>> 0, this.#fail));
    return this.#copied(copy.isAsync, end);
  }

  writeStream(copy: Copy, handle: number, pointer: number, length: number): Answer {
    const end = this.#idle(WritableStreamEnd, copy, handle);
    end.write(this, handle, new GuestSource(copy.elements, pointer, length >>> 0, this.#fail));
    return this.#copied(copy.isAsync, end);
  }

  readFuture(copy: Copy, handle: number, pointer: number): Answer {
    const end = this.#idle(ReadableFutureEnd, copy, handle);
    end.read(this, handle, new GuestTarget(copy.elements, pointer, 1, this.#fail));
    return this.#copied(copy.isAsync, end);
  }

  writeFuture(copy: Copy, handle: number, pointer: number): Answer {
    const end = this.#idle(WritableFutureEnd, copy, handle);
    end.write(this, handle, new GuestSource(copy.elements, pointer, 1, this.#fail));
    return this.#copied(copy.isAsync, end);
  }

  /** Ends the read or write of an end. */
  cancelCopy(of: EndClass, type: AsyncType, isAsync: boolean, handle: number): Answer {
    this.#leaving();
    const end = this.#end(of, type, handle);
    if (!end.isCopying || end.hasWaiter) trap('a read or write is cancelled that is not under way');
    if (end.isInSet && !isAsync) trap('an end in a waitable set is cancelled synchronously');
    end.cancel();
    return this.#copied(isAsync, end);
  }

  dropEnd(of: EndClass, type: AsyncType, handle: number): void {
    this.#leaving();
    this.#end(of, type, handle).drop();
    this.#table.remove(handle);
  }

  /** The component may not call out while it works for the host. */
  #leaving(): InstanceTasks {
    if (!this.#component.mayLeave) trap('the component calls out while it allocates or cleans up');
    return this.#tasks;
  }

  #end<E extends CopyEnd<Shared>>(
    of: abstract new (...args: never[]) => E,
    type: AsyncType,
    handle: number,
  ): E {
    const end = this.#table.end(of, handle);
    if (end.type !== type) trap(`handle ${handle} is of another type`);
    return end;
  }

  #idle<E extends CopyEnd<Shared>>(
    of: abstract new (...args: never[]) => E,
    { type, isAsync }: Copy,
    handle: number,
  ): E {
    this.#leaving();
    const end = this.#end(of, type, handle);
    if (!end.isIdle) trap('an end is read or written again before that has ended, or after its end');
    if (end.isInSet && !isAsync) trap('an end in a waitable set is read or written synchronously');
    return end;
  }

  #copied(isAsync: boolean, end: Waitable): Answer {
    if (end.hasPending) return end.takePending().payload;
    if (isAsync) return blocked;
    return waitOnStack(this.#tasks, pendingOf(end)).then(() => end.takePending().payload);
  }
}

/** How a read or write is to be made. */
export interface Copy {
  readonly type: AsyncType;
  readonly elements: Elements;
  readonly isAsync: boolean;
}

type EndClass = abstract new (...args: never[]) => CopyEnd<Shared>;

function store(memory: GuestMemory, pointer: number, { code, waitable, payload }: Event): number {
  memory.refresh();
  const at = memory.target(pointer, 8, 4);
  memory.storePair(at, waitable, payload);
  return code;
}

function cancellationOf(task: Task): Promise<void> {
  return new Promise((resolve) => task.waits({ cancelRequested: () => resolve() }));
}
