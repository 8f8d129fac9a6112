import type { MaybePromise } from '../../shared/maybe-promise.ts';
import type { Bucket } from './backends/backend.ts';
import type { BackendSettings } from './configuration/backend-settings.ts';

/** What resolves what a guest passes to `open`. */
export interface GuestStores extends Pick<Stores, 'open'> {
  /** Whether a text is the address of a bucket that a label leads to. */
  hasLabel(text: string): boolean;
}

/** Resolves the identifier that a guest passes to `open`, or the address of what it opens through an import with a label. */
export interface Stores {
  /** Throws a `StoreError`: `no-such-store`, `access-denied`, or `other` when the store is away. */
  open(identifier: string): MaybePromise<Bucket>;
  /**
   * The names of the buckets of a rule that hold something and begin with a text, as identifiers; none where the store can't tell.
   * No component can ask for that.
   */
  bucketsOf(rule: BackendSettings, start: string): Promise<readonly string[]>;
}
