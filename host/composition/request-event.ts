import type { BlobOperation } from '../interfaces/blobstore/blob-operation.ts';
import type { OutgoingOperation } from '../interfaces/http/outgoing-operation.ts';
import type { ImportOperation } from '../interfaces/imports/import-operation.ts';
import type { KeyvalueOperation } from '../interfaces/keyvalue/keyvalue-operation.ts';
import type { MessagingOperation } from '../interfaces/messaging/messaging-operation.ts';
import type { SecretOperation } from '../interfaces/secrets/secret-operation.ts';

/** The operations of components, by their names in WIT. */
export type HostOperationName =
  | KeyvalueOperation['op']
  | BlobOperation['op']
  | OutgoingOperation['op']
  | MessagingOperation['op']
  | ImportOperation['op']
  | SecretOperation['op'];

/**
 * What the component did through the host: with a bucket and perhaps a key, with a container and perhaps an object, with a secret, a
 * request that it sent, or a call of an import that a module serves.
 */
export interface HostOperation
  extends Omit<KeyvalueOperation, 'op' | 'bucket'>,
    Pick<BlobOperation, 'object'>,
    Partial<Pick<OutgoingOperation, 'url' | 'method' | 'status'>>,
    Partial<Pick<MessagingOperation, 'subject' | 'replyTo' | 'reply'>>,
    Partial<Pick<ImportOperation, 'import' | 'function'>> {
  readonly op: HostOperationName;
  /** Of `wasi:keyvalue`. */
  readonly bucket?: string | undefined;
  /** Of `wasi:blobstore`. */
  readonly container?: string | undefined;
  /** Of `wasmcloud:secrets`: the name, never the value. */
  readonly secret?: SecretOperation['secret'] | undefined;
  /** The request that it served, counted from 1. */
  readonly request: number;
}

/** What became of a request, once it has ended. */
export interface RequestEvent {
  /** Counts the requests of the host from 1. */
  readonly request: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Of a request that a component of the host has sent: the place that it named, such as `prices.internal`. */
  readonly authority?: string;
  /** The number of the request, or of the scheduled run, for which it did. */
  readonly parent?: number;
  /** Of the answer; 0 where there was none. */
  readonly status: number;
  /** From the head of the request to the end of the answer and of the handler. */
  readonly milliseconds: number;
  /** Why there was no answer of the component, or not all of it; undefined where there was. */
  readonly reason: string | undefined;
  /** Where the component trapped: the wasm frames, the innermost first. Empty where it did not. */
  readonly backtrace: readonly string[];
  /** The stack of the host's error, where the fault is not the component's. */
  readonly hostStack?: string;
  /** The host refused it: the component saw nothing of it. */
  readonly isRefused: boolean;
  /** What the component did with its buckets, and the requests that it sent, in the order in which they ended. Opening one counts only where it failed. */
  readonly operations: readonly HostOperation[];
  /** How many more operations there were, between the first and the last ones. */
  readonly omittedOperations: number;
}
