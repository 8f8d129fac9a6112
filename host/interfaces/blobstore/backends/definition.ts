import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import type { BlobBackend } from './backend.ts';

/** What a backend can do; the documents print it. */
export interface BlobCapabilities {
  /** Objects outlive the host's process. */
  readonly durable: boolean;
  /** Several hosts see the same data. */
  readonly shared: boolean;
  /** How an open download ends whose object is deleted or replaced meanwhile: with all its bytes, or with an error. */
  readonly reading: 'whole' | 'may fail';
  /** The longest name of a container, and of an object, in bytes of UTF-8. */
  readonly largestName: number;
  /** The largest object, in bytes; `undefined`: as large as the store has room for. */
  readonly largestObject: number | undefined;
}

/** What the host lends to a backend. */
export interface BlobContext {
  /** Milliseconds since 1970, by the host's clock. */
  now(): number;
  /** How long a single step may take before it fails, in milliseconds. */
  readonly operationTimeout: number;
  /** Tells the user something once, such as that the store is away or back. Without secrets. */
  tell(text: string): void;
}

/** A kind of storage for blobs, as the configuration can name it. */
export interface BlobDefinition<Options> {
  readonly name: string;
  readonly capabilities: BlobCapabilities;
  /** A store that can't be reached now is no error here: operations fail while it is away. */
  connect(options: Options, context: BlobContext): MaybePromise<BlobBackend>;
}

/** The longest name of a container, and of an object, in bytes of UTF-8. */
export const largestName = 2048;
/** How many bytes are written or read at a time where the store has no size of its own. */
export const usualChunk = 256 * 1024;
