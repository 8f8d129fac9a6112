import { trap } from '../guest-trap.ts';
import type { CallScope } from './call-scope.ts';

/** How many resources an instance may hold at a time, as in wasmtime. */
export const mostHandles = 100_000;

/** In the kind of a handle: it was lent to the guest, which does not own it. */
const isBorrowed = 1 << 30;
/** In the kind of a handle: it is lent to another guest, and stays until that returns. */
const isLent = 1 << 29;

/** So many places are kept for the next request, rather than made anew for each. */
const keptPlaces = 256;

/** What a guest held at a time between calls. */
export interface SavedHandles {
  readonly values: readonly unknown[];
  readonly kinds: readonly number[];
  readonly free: readonly number[];
}

/** What one component instance holds of resources, its own and others'. A handle is an index that says nothing by itself. */
export class Handles {
  /** Index 0 is no handle. */
  #values: unknown[] = [undefined];
  /** The kind of each resource, with what is special about the handle; -1 where the handle is free. */
  #kinds: number[] = [-1];
  /** The first handle that was not given since `clear`: all from there on are free, whatever stands in the lists. */
  #next = 1;
  readonly #free: number[] = [];
  /** How often each handle is lent at the moment. */
  readonly #lent = new Map<number, number>();
  /** The call for which each borrowed handle is there. */
  readonly #scopes = new Map<number, CallScope>();

  /** Gives a resource to the guest and answers its handle. */
  own(kind: number, value: unknown): number {
    const handle = this.#free.pop() ?? this.#nextHandle();
    this.#values[handle] = value;
    this.#kinds[handle] = kind;
    return handle;
  }

  #nextHandle(): number {
    const handle = this.#next;
    if (handle > mostHandles)
      trap(`the component holds ${mostHandles} handles, which is the most that it may`);
    this.#next = handle + 1;
    return handle;
  }

  /** Looks a resource up that the guest keeps. Traps where there is none of that kind. */
  borrow(kind: number, handle: number): unknown {
    if (this.#kinds[handle] !== kind) this.#specialKind(kind, handle);
    return this.#values[handle];
  }

  /** Takes a resource from the guest. Traps where there is none of that kind, or where it is not the guest's to give. */
  take(kind: number, handle: number): unknown {
    if (this.#kinds[handle] !== kind) this.#refuseToGive(kind, handle);
    return this.#remove(handle);
  }

  #remove(handle: number): unknown {
    const value = this.#values[handle];
    this.#values[handle] = undefined;
    this.#kinds[handle] = -1;
    this.#free.push(handle);
    return value;
  }

  /** Takes a resource from the guest, which is done with it. */
  drop(kind: number, handle: number): void {
    const value =
      this.#kinds[handle] === (kind | isBorrowed) ? this.#dropBorrowed(handle) : this.take(kind, handle);
    if (isDisposable(value)) value[Symbol.dispose]();
  }

  /** As `drop`. Answers what the guest owned, or `undefined` where it had only borrowed it. */
  dropOwned(kind: number, handle: number): unknown {
    return this.#kinds[handle] === (kind | isBorrowed) ? this.#dropBorrowed(handle) : this.take(kind, handle);
  }

  #dropBorrowed(handle: number): undefined {
    const scope = this.#scopes.get(handle);
    if (scope !== undefined) scope.borrows -= 1;
    this.#scopes.delete(handle);
    this.#remove(handle);
    return undefined;
  }

  /** Lends a resource of this guest's to another for a call. */
  lend(kind: number, handle: number, scope: CallScope): unknown {
    const value = this.borrow(kind, handle);
    this.#kinds[handle] = (this.#kinds[handle] ?? 0) | isLent;
    this.#lent.set(handle, (this.#lent.get(handle) ?? 0) + 1);
    scope.lent(handle);
    return value;
  }

  /** A call for which a handle was lent has ended. */
  giveBack(handle: number): void {
    const left = (this.#lent.get(handle) ?? 1) - 1;
    if (left > 0) {
      this.#lent.set(handle, left);
      return;
    }
    this.#lent.delete(handle);
    this.#kinds[handle] = (this.#kinds[handle] ?? 0) & ~isLent;
  }

  /** Gives this guest a resource to borrow for a call, and answers its handle. */
  lendTo(kind: number, value: unknown, scope: CallScope): number {
    const handle = this.own(kind | isBorrowed, value);
    this.#scopes.set(handle, scope);
    scope.borrows += 1;
    return handle;
  }

  /** How many resources the guest holds. */
  get count(): number {
    return this.#next - 1 - this.#free.length;
  }

  /** What the guest holds now, for `restore`; `undefined` where that is nothing. */
  save(): SavedHandles | undefined {
    if (this.count === 0) return undefined;
    return {
      values: this.#values.slice(0, this.#next),
      kinds: this.#kinds.slice(0, this.#next),
      free: [...this.#free],
    };
  }

  /** The guest holds what it held when that was saved, and nothing else. */
  restore(saved: SavedHandles | undefined): void {
    this.clear();
    if (saved === undefined) return;
    this.#values = [...saved.values];
    this.#kinds = [...saved.kinds];
    this.#next = saved.values.length;
    for (const handle of saved.free) this.#free.push(handle);
  }

  /** Calls back with each resource of a kind that the guest holds. */
  each(kind: number, visit: (value: unknown) => void): void {
    for (let handle = 1; handle < this.#next; handle += 1) {
      if (this.#kinds[handle] === kind) visit(this.#values[handle]);
    }
  }

  /** Whether the guest holds a resource of a kind. */
  has(kind: number): boolean {
    const first = this.#kinds.indexOf(kind);
    return first > 0 && first < this.#next;
  }

  /** Forgets everything that the guest holds; the next handle is 1 again. */
  clear(): void {
    if (this.#values.length > keptPlaces) {
      this.#values.length = 1;
      this.#kinds.length = 1;
    }
    const end = Math.min(this.#next, this.#values.length);
    this.#values.fill(undefined, 0, end);
    this.#kinds.fill(-1, 0, end);
    this.#next = 1;
    // A map that is cleared, and a list that is cut, are made anew.
    while (this.#free.length > 0) this.#free.pop();
    if (this.#lent.size > 0) this.#lent.clear();
    if (this.#scopes.size > 0) this.#scopes.clear();
  }

  /** Traps unless the handle is one of that kind. */
  #specialKind(kind: number, handle: number): void {
    const actual = this.#kinds[handle] ?? -1;
    if (actual < 0 || (actual & ~(isBorrowed | isLent)) !== kind) unknownHandle(handle);
  }

  #refuseToGive(kind: number, handle: number): never {
    this.#specialKind(kind, handle);
    if (((this.#kinds[handle] ?? 0) & isLent) !== 0) trap(`handle ${handle} is lent to a call`);
    trap(`handle ${handle} is borrowed, and can't be given away`);
  }
}

function unknownHandle(handle: number): never {
  trap(`unknown handle index ${handle}`);
}

function isDisposable(value: unknown): value is Disposable {
  return typeof value === 'object' && value !== null && Symbol.dispose in value;
}
