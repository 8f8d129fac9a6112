import { trap } from '../guest-trap.ts';

/** How many resources an instance may hold at a time, as in wasmtime. */
export const mostHandles = 100_000;

/** What one instance holds of the host's resources. A handle is an index that says nothing by itself. */
export class Handles {
  /** Index 0 is no handle. */
  #values: unknown[] = [undefined];
  /** The kind of each resource; -1 where the handle is free. */
  #kinds: number[] = [-1];
  readonly #free: number[] = [];

  /** Gives a resource to the guest and answers its handle. */
  own(kind: number, value: unknown): number {
    const handle = this.#free.pop() ?? this.#nextHandle();
    this.#values[handle] = value;
    this.#kinds[handle] = kind;
    return handle;
  }

  #nextHandle(): number {
    const handle = this.#values.length;
    if (handle > mostHandles)
      trap(`the component holds ${mostHandles} handles, which is the most that it may`);
    return handle;
  }

  /** Looks a resource up that the guest keeps. Traps where there is none of that kind. */
  borrow(kind: number, handle: number): unknown {
    if (this.#kinds[handle] !== kind) unknownHandle(handle);
    return this.#values[handle];
  }

  /** Takes a resource from the guest. Traps where there is none of that kind. */
  take(kind: number, handle: number): unknown {
    const value = this.borrow(kind, handle);
    this.#values[handle] = undefined;
    this.#kinds[handle] = -1;
    this.#free.push(handle);
    return value;
  }

  /** Takes a resource from the guest, which is done with it. */
  drop(kind: number, handle: number): void {
    const value = this.take(kind, handle);
    if (isDisposable(value)) value[Symbol.dispose]();
  }

  /** How many resources the guest holds. */
  get count(): number {
    return this.#values.length - 1 - this.#free.length;
  }

  /** Forgets everything that the guest holds; the next handle is 1 again. */
  clear(): void {
    this.#values.length = 1;
    this.#kinds.length = 1;
    this.#free.length = 0;
  }
}

function unknownHandle(handle: number): never {
  trap(`unknown handle index ${handle}`);
}

function isDisposable(value: unknown): value is Disposable {
  return typeof value === 'object' && value !== null && Symbol.dispose in value;
}
