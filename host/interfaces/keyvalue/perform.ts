import type { Values } from '../../runtime/trace/attribute.ts';
import type { Operation } from '../../runtime/trace/operation.ts';
import type { InterfaceTrace } from '../../runtime/trace/trace-log.ts';
import type { Holdings } from '../../runtime/worker/holdings.ts';
import { addressOf } from '../../shared/labelled-name.ts';
import type { MaybePromise } from '../../shared/maybe-promise.ts';
import { type Bucket as StoreBucket, StoreError } from './backends/backend.ts';
import type { CursorTable } from './cursor-table.ts';
import type { Dialect } from './dialect.ts';
import type { Action, KeyvalueInterceptor } from './interceptor.ts';
import { noteOpened } from './opened-buckets.ts';
import type { OperationName } from './operation-name.ts';
import { keyvalueOperations } from './operations.ts';
import type { GuestStores } from './stores.ts';
import type { TurnLimit } from './turn-limit.ts';

/** What a guest gets for a store's error, as the payload of a result. */
export interface GuestError {
  readonly tag: string;
  readonly val?: string;
}

type RequestOperations = Pick<InterfaceTrace, 'note'>;

/** What the functions of one guest share. */
export interface KeyvalueContext {
  readonly stores: GuestStores;
  readonly dialect: Dialect;
  /** Of the imports that these functions are; undefined for those without one. */
  readonly label: string | undefined;
  readonly cursors: CursorTable;
  readonly trace: Pick<InterfaceTrace, 'note' | 'current'>;
  readonly turns: TurnLimit;
  readonly holdings: Holdings;
  /** Absent where nobody stands between. */
  readonly interceptor?: KeyvalueInterceptor | undefined;
  /** The request that the guest serves. */
  readonly request: () => number;
}

/** What an operation is about. */
export interface Subject {
  readonly identifier: string;
  readonly store?: StoreBucket;
  readonly context: KeyvalueContext;
  /** The error of the guest's interface. */
  errorOf(error: StoreError): GuestError;
}

/** The key of an operation, or what a batch is about; nothing for `open` and `list-keys`. */
type Keys = string | readonly (string | Pair)[] | undefined;
export type Pair = [key: string, value: Uint8Array];

/** Opens a bucket for a guest. @param made the bucket is called by its address from now on */
export function openFor<T>(
  identifier: string,
  context: KeyvalueContext,
  errorOf: Subject['errorOf'],
  made: (store: StoreBucket, address: string) => T,
): MaybePromise<T> {
  const { label, stores, holdings } = context;
  const address = addressOf(label, identifier);
  return perform({ identifier: address, context, errorOf }, operations.open, undefined, () => {
    if (label === undefined && stores.hasLabel(identifier))
      throw new StoreError(
        'no-such-store',
        `bucket '${identifier}' is reached through the import with its label alone`,
      );
    noteOpened(address, holdings);
    return andThen(stores.open(address), (store) => made(store, address));
  });
}

/** What a read says in the trace. */
export function found(value: Uint8Array | undefined): Values {
  return value === undefined ? [false] : [true, value.length];
}

export function andThen<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

const nothing: Values = [];
export const { operations } = keyvalueOperations;

/** Runs an operation, notes it with its time, and turns a store's error into the guest's. */
export function perform<T>(
  subject: Subject,
  operation: Operation<OperationName>,
  keys: Keys,
  action: Action<T>,
  details?: (result: T) => Values,
  written?: Uint8Array | bigint,
): MaybePromise<T> {
  const key = typeof keys === 'string' ? keys : undefined;
  const trace = subject.context.trace.current();
  const started = performance.now();
  let result: MaybePromise<T>;
  try {
    result = made(subject, operation, keys, action, written);
  } catch (reason) {
    return fail(trace, subject, operation, key, started, reason);
  }
  if (result instanceof Promise) {
    return result.then(
      (value) => {
        note(trace, subject, operation, key, started, details?.(value));
        return subject.context.turns.pass(value);
      },
      (reason: unknown) => fail(trace, subject, operation, key, started, reason),
    );
  }
  note(trace, subject, operation, key, started, details?.(result));
  return result;
}

/** Makes an operation, past whoever stands between. */
function made<T>(
  { identifier, store, context }: Subject,
  operation: Operation<OperationName>,
  keys: Keys,
  action: Action<T>,
  written: Uint8Array | bigint | undefined,
): MaybePromise<T> {
  const { interceptor } = context;
  if (interceptor === undefined || !interceptor.isActive) return action();
  const call = {
    request: context.request(),
    op: operation.name,
    bucket: identifier,
    keys: listed(keys),
    store,
    written,
  };
  return interceptor.make(call, action);
}

function listed(keys: Keys): string[] {
  if (keys === undefined) return [];
  if (typeof keys === 'string') return [keys];
  return keys.map((given) => (typeof given === 'string' ? given : given[0]));
}

function note(
  trace: RequestOperations,
  { identifier }: Subject,
  operation: Operation<OperationName>,
  key: string | undefined,
  started: number,
  details: Values | undefined,
): void {
  trace.note(operation, identifier, key, details ?? nothing, undefined, started);
}

function fail(
  trace: RequestOperations,
  { identifier, errorOf }: Subject,
  operation: Operation<OperationName>,
  key: string | undefined,
  started: number,
  reason: unknown,
): never {
  // Anything else is a bug of ours and traps with its stack.
  if (!(reason instanceof StoreError)) throw reason;
  const error = errorOf(reason);
  const { case: name, message } = reason;
  const text = name === 'no-such-store' || name === 'access-denied' ? name : message;
  trace.note(operation, identifier, key, nothing, text, started);
  throw error;
}
