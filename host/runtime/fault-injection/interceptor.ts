import type { MaybePromise } from '../../shared/maybe-promise.ts';
import type { Operation } from '../trace/operation.ts';

/** An operation of a guest, before it is made. */
export interface Call {
  /** The request that the guest serves, as its thread counts them. */
  readonly request: number;
  readonly operation: Operation;
  /** What it is done to, such as a bucket. */
  readonly target: string;
  /** The parts of that which it names, such as keys. */
  readonly items: readonly string[];
  /** What the guest gets in place of an answer. @param error a case of the interface; undefined: its general one */
  failure(error: string | undefined, message: string): unknown;
  /** What was done to what, and what came of it, in words. */
  text(result: unknown): string;
  /** The same where it failed for the guest. */
  failedText(reason: unknown): string;
}

/** What an interface itself does to an operation where a fault says so, by names of its own. */
export type OwnEffects = Readonly<Record<string, boolean | number>>;

/** Makes an operation. @param effects what the faults that happen to it leave to the interface */
export type Action<T> = (effects: readonly OwnEffects[]) => MaybePromise<T>;

/** Stands between guests and whatever they do through the host, where a test wants that. */
export interface Interceptor {
  /** False while every operation may go its way at once. */
  readonly isActive: boolean;
  /**
   * Makes the operation, or does what is to happen in its place. Throws, or rejects with, what `failure` made, which the guest is
   * to get.
   */
  make<T>(call: Call, action: Action<T>): Promise<T>;
  /** A guest begins to serve a request. */
  began(request: number): void;
  /** It has come to its end, and makes no more operations. */
  ended(request: number): void;
  /** Tells `listener` each time that there are other faults: what they leave to interfaces. */
  onFaults(listener: (effects: readonly OwnEffects[]) => void): void;
}
