import type { HostOperationName } from '../../composition/request-event.ts';
import type { BlobErrorCase } from '../../interfaces/blobstore/backends/backend.ts';
import type { StoreErrorCase } from '../../interfaces/keyvalue/backends/backend.ts';
import type { MessagingErrorCase } from '../../interfaces/messaging/messaging-error.ts';

/** Those that are no calls of imports. */
type StoreOperationName = Exclude<HostOperationName, 'call'>;

/** Such as `200ms`, or milliseconds. */
type Duration = string | number;

/**
 * Something that goes wrong between a component and its stores, or whoever carries its messages. It happens to every operation that
 * matches `op`, `bucket` and `key`, or `container` and `object`, or `subject`; opening a bucket or getting a container only where `op` names it. One that names nothing of blobs
 * is about keys. It has one of `error`, `drop`, `stale` and `pageSize`, or a `delay`, or a `delay`
 * beside one of these.
 */
export interface StoreFault {
  /** One or several of the operations, all of keys or all of blobs. Default: all but `open` and `get-container`. */
  readonly op?: StoreOperationName | readonly StoreOperationName[];
  /** The label of the import through which a bucket or container is reached. Default: with it or without one. */
  readonly label?: string;
  /** The identifier. Without `label`, as the host calls it: `@cache/visits` is `visits` of the label `cache`. Default: every bucket. */
  readonly bucket?: string;
  /** A key, or what a key matches, of a batch one of its keys. Default: every key, and operations without one. */
  readonly key?: string | RegExp;
  /** A container of blobs. Default: every container. */
  readonly container?: string;
  /** An object, or what its name matches; of a copy or move, the source. Default: every object, and operations without one. */
  readonly object?: string | RegExp;
  /** The subject of a message that is sent. Default: every subject. */
  readonly subject?: string;
  /** How many operations that match pass first. Default 0. */
  readonly after?: number;
  /** How often it happens. Default: as long as it is there. */
  readonly times?: number;
  /** The part of the operations that it happens to, from 0 to 1, chosen by the host's seed. Default 1. */
  readonly probability?: number;
  /** The error that the component gets, and nothing is done. */
  readonly error?: StoreErrorCase | BlobErrorCase | MessagingErrorCase;
  /** The text of the error `other`, and of what `drop` gives. Default: one that says which operation failed. */
  readonly message?: string;
  /**
   * How much later the operation is made, in the machine's time: `200ms`, milliseconds, or by the host's seed: evenly from a
   * range, or log-normal, as the answers of a store over a network are, with a median and what one in a hundred exceeds.
   */
  readonly delay?:
    | Duration
    | readonly [least: Duration, most: Duration]
    | { readonly median: Duration; readonly p99: Duration };
  /** `after-apply`: the store does it, and the component gets an error in place of the answer. */
  readonly drop?: 'after-apply';
  /** `get` and `exists` answer what there was before the last write, unless the same request wrote it. */
  readonly stale?: boolean;
  /** Pages of `list-keys` have at most so many keys. */
  readonly pageSize?: number;
}

/**
 * Something that goes wrong between a component and a module that serves an import of it. It happens to every call that matches `import` and
 * `function`.
 */
export type ImportFault = Pick<
  StoreFault,
  'after' | 'times' | 'probability' | 'message' | 'delay' | 'drop'
> & {
  readonly op?: 'call';
  /** The import, without its version: `acme:payments/api`. Default: every one. */
  readonly import?: string;
  /** A function by its name in WIT, such as `charge` or `account.deposit`, or what it matches. Default: every one. */
  readonly function?: string | RegExp;
  /**
   * A case of the function's error, or its text; `message` is the text of the case. Where no error can be made of a text, the component
   * traps.
   */
  readonly error?: string;
} & ({ readonly import: string } | { readonly function: string | RegExp } | { readonly op: 'call' });

/** Something that goes wrong between a component and what it does through the host. */
export type Fault = StoreFault | ImportFault;
