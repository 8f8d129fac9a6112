import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import { withoutTestNames } from '../../keyvalue/backends/test-names.ts';

/** What is known of a container. */
export interface ContainerInfo {
  /** When it was made, in milliseconds since 1970. */
  readonly created: number;
}

/** What is known of an object. */
export interface ObjectInfo {
  /** When it was written, in milliseconds since 1970. */
  readonly created: number;
  /** In bytes. */
  readonly size: number;
}

/** An object by its place. */
export interface ObjectId {
  readonly container: string;
  readonly object: string;
}

/** A part of an object, read from its start to its end. */
export interface Download {
  /** The size of the whole object, in bytes. */
  readonly size: number;
  /** How many bytes `read` answers in all. */
  readonly length: number;
  /** The next bytes, at least one and at most 1 MiB, which belong to the caller; undefined at the end. Called one at a time. */
  read(): MaybePromise<Uint8Array | undefined>;
  /** Nobody reads any more. Safe to call twice, and while a read is under way. */
  close(): void;
}

/** An object that is being written. Nobody sees anything of it before `finish`, and where that is not called, the object of before stays. */
export interface Upload {
  /** The next bytes, which belong to the upload from now on; at most `chunkSize`. Called one at a time. */
  write(chunk: Uint8Array): MaybePromise<void>;
  /** Puts the object in its place, in which it stays when this resolves. */
  finish(): MaybePromise<void>;
  /** Forgets what was written. Safe to call twice, after `finish` too, and while a write is under way. */
  abort(): MaybePromise<void>;
}

/**
 * A kind of storage for blobs, ready for use. Names are checked before they come here, and ranges lie within what a number can tell.
 * Every failure is a `BlobError` that says why; the host adds what was done to what. An operation on a container that is not there is
 * refused with `no-such-container`.
 */
export interface BlobBackend {
  /** Refused with `container-already-exists` where there is one. */
  createContainer(container: string): MaybePromise<void>;
  /** With all its objects, at once. */
  deleteContainer(container: string): MaybePromise<void>;
  /** `undefined` where there is none. */
  containerInfo(container: string): MaybePromise<ContainerInfo | undefined>;
  /** The names of all containers, in any order. No component can ask for that, but people do. */
  containers(): AsyncIterable<readonly string[]>;
  /** `undefined` where there is no such object. */
  objectInfo(container: string, object: string): MaybePromise<ObjectInfo | undefined>;
  /** The names of the objects that begin with `prefix`, some at a time, each once. What changes meanwhile may be among them or not. */
  objects(container: string, prefix: string): AsyncIterable<readonly string[]>;
  /**
   * Opens an object for reading from the byte `start` up to the byte before `end`, or its own end where that comes first; `undefined`
   * where there is no such object. What is read is of one moment, whatever becomes of the object.
   */
  read(container: string, object: string, start: number, end: number): MaybePromise<Download | undefined>;
  /** Begins to write an object, which replaces the one of before when it is finished. */
  write(container: string, object: string): MaybePromise<Upload>;
  /** Does nothing for those that are not there. */
  delete(container: string, objects: readonly string[]): MaybePromise<void>;
  /** Deletes all objects of a container, which stays. */
  clear(container: string): MaybePromise<void>;
  /** Refused with `no-such-object` where there is no source. Source and target differ. */
  copy(source: ObjectId, target: ObjectId): MaybePromise<void>;
  /** The same, and the source is gone. */
  move(source: ObjectId, target: ObjectId): MaybePromise<void>;
  /** How many bytes an upload takes at a time. */
  readonly chunkSize: number;
  /** Safe to call twice. */
  close(): MaybePromise<void>;
}

/** The `error` variant of `wasmcloud:blobstore/types`. `wasi:blobstore` has only its text. */
export type BlobErrorCase =
  | 'no-such-container'
  | 'container-already-exists'
  | 'no-such-object'
  | 'access-denied'
  | 'timeout'
  | 'store-unavailable'
  | 'quota-exceeded'
  | 'other';

/** Why a store could not do what it was asked; reaches the guest. */
export class BlobError extends Error {
  override readonly name = 'BlobError';
  readonly case: BlobErrorCase;
  /** What the guest is told: the message, unless that names paths of this machine. */
  readonly guestMessage: string;

  constructor(
    errorCase: BlobErrorCase,
    message: string,
    options: ErrorOptions & { readonly guestMessage?: string } = {},
  ) {
    super(withoutTestNames(message), options);
    this.case = errorCase;
    this.guestMessage = withoutTestNames(options.guestMessage ?? message);
  }
}

export function noSuchContainer(container: string): BlobError {
  return new BlobError('no-such-container', `there is no container ${shownName(container)}`);
}

export function containerExists(container: string): BlobError {
  return new BlobError('container-already-exists', `there is a container ${shownName(container)} already`);
}

export function noSuchObject({ container, object }: ObjectId): BlobError {
  return new BlobError(
    'no-such-object',
    `there is no object ${shownName(object)} in container ${shownName(container)}`,
  );
}

/** The longest name that an error shows whole, in characters. */
const longestShown = 60;

/** A name of whoever chose it, as a message shows it. */
export function shownName(name: string): string {
  const text = name.length > longestShown ? `${name.slice(0, longestShown)}…` : name;
  return /^[\x20-\x26\x28-\x7e]*$/.test(text) ? `'${text}'` : JSON.stringify(text);
}
