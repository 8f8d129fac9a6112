import { trap } from '../guest-trap.ts';
import type { Handles } from '../link/handles.ts';
import { CopyEnd } from './copy-end.ts';
import { ReadableFutureEnd, WritableFutureEnd } from './future-end.ts';
import { type ReadableFuture, SharedFuture } from './shared-future.ts';
import { type ReadableStream, SharedStream } from './shared-stream.ts';
import { ReadableStreamEnd, WritableStreamEnd } from './stream-end.ts';
import { Subtask } from './subtask.ts';
import type { Waitable } from './waitable.ts';
import { WaitableSet } from './waitable-set.ts';

/** What stands in a guest's table besides resources, which have numbers from 0 on. */
const kinds = { waitable: 0x0fff_ffff, set: 0x0fff_fffe, errorContext: 0x0fff_fffd } as const;

/** The type of a stream's or a future's elements: the same object for the same type. */
export interface AsyncType {
  /** Whether a component may read what it has written itself: only numbers, until the component model allows more. */
  readonly isNumber: boolean;
}

/** How much of the message of an error context is kept, in characters. */
const longestMessage = 1024;

type EndClass<E> = abstract new (...args: never[]) => E;

/** The streams, futures, calls and sets of waitables that a guest holds. They share the table of its resources. */
export class AsyncTable {
  readonly #handles: Handles;

  constructor(handles: Handles) {
    this.#handles = handles;
  }

  newSet(): number {
    return this.#handles.own(kinds.set, new WaitableSet());
  }

  /** Traps where it is none. */
  set(handle: number): WaitableSet {
    return this.#handles.borrow(kinds.set, handle) as WaitableSet;
  }

  dropSet(handle: number): void {
    if (!this.set(handle).isUnused) trap('a waitable set is dropped while it has members, or is waited for');
    this.#handles.take(kinds.set, handle);
  }

  waitable(handle: number): Waitable {
    return this.#handles.borrow(kinds.waitable, handle) as Waitable;
  }

  addSubtask(subtask: Subtask): number {
    subtask.handle = this.#handles.own(kinds.waitable, subtask);
    return subtask.handle;
  }

  /** A waitable of a class. Traps where it is another. */
  end<E extends Waitable>(type: EndClass<E>, handle: number): E {
    const found = this.waitable(handle);
    if (!(found instanceof type)) trap(`handle ${handle} is no ${type.name}`);
    return found;
  }

  /** Takes a waitable out of the table. */
  remove(handle: number): void {
    this.#handles.take(kinds.waitable, handle);
  }

  /** Both ends of a new stream: the handle of the readable one, and 2^32 times that of the writable one. */
  newStream(type: AsyncType): bigint {
    const shared = new SharedStream(type.isNumber);
    const readable = this.#handles.own(kinds.waitable, new ReadableStreamEnd(shared, type));
    return pair(readable, this.#handles.own(kinds.waitable, new WritableStreamEnd(shared, type)));
  }

  newFuture(type: AsyncType): bigint {
    const shared = new SharedFuture(type.isNumber);
    const readable = this.#handles.own(kinds.waitable, new ReadableFutureEnd(shared, type));
    return pair(readable, this.#handles.own(kinds.waitable, new WritableFutureEnd(shared, type)));
  }

  /** The guest gives a stream away. */
  liftStream(type: AsyncType, handle: number): ReadableStream {
    return this.#give(ReadableStreamEnd, type, handle).shared;
  }

  /** The guest gets a stream. */
  lowerStream(type: AsyncType, stream: ReadableStream): number {
    return this.#handles.own(kinds.waitable, new ReadableStreamEnd(stream, type));
  }

  liftFuture(type: AsyncType, handle: number): ReadableFuture {
    return this.#give(ReadableFutureEnd, type, handle).shared;
  }

  lowerFuture(type: AsyncType, future: ReadableFuture): number {
    return this.#handles.own(kinds.waitable, new ReadableFutureEnd(future, type));
  }

  /** The guest has ended: whoever has the other end of a stream or future learns of it, and calls are broken off. */
  abandon(): void {
    this.#handles.each(kinds.waitable, (waitable) => {
      if (waitable instanceof CopyEnd || waitable instanceof Subtask) waitable.abandon();
    });
  }

  /** The host keeps the beginning of a message. Source: `CanonicalABI.md`, `error-context.new`, which lets it keep none. */
  newErrorContext(message: string): number {
    return this.#handles.own(kinds.errorContext, message.slice(0, longestMessage).toWellFormed());
  }

  errorContext(handle: number): string {
    return this.#handles.borrow(kinds.errorContext, handle) as string;
  }

  dropErrorContext(handle: number): void {
    this.#handles.take(kinds.errorContext, handle);
  }

  #give<E extends ReadableStreamEnd | ReadableFutureEnd>(
    end: EndClass<E>,
    type: AsyncType,
    handle: number,
  ): E {
    const given = this.end(end, handle);
    if (given.type !== type) trap(`handle ${handle} is of another type`);
    if (given.isCopying || given.hasPending) trap('an end is given away while it is read');
    if (given.isDone) trap('an end is given away from which nothing more comes');
    if (given.isInSet) trap('an end is given away while it is in a waitable set');
    this.remove(handle);
    return given;
  }
}

function pair(readable: number, writable: number): bigint {
  return BigInt(readable) | (BigInt(writable) << 32n);
}
