import type { MaybePromise } from '../../../host/shared/maybe-promise.ts';

/** What a bare handler does with a store. */
export interface BareStore {
  get(key: string): MaybePromise<Uint8Array<ArrayBufferLike> | undefined>;
  set(key: string, value: Uint8Array): MaybePromise<void>;
  /** Answers the sum. */
  increment(key: string): MaybePromise<number>;
}
