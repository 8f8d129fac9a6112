import type { Attributes } from './attribute.ts';
import type { Operation } from './operation.ts';

/** What a component did through the host, once it has ended. */
export interface TraceRecord {
  readonly operation: Operation;
  /** What it was done to, such as a bucket. */
  readonly target: string;
  /** The part of that, such as a key; undefined where it has no single one. */
  readonly item: string | undefined;
  readonly attributes: Attributes;
  /** The case and reason of the error that the component got, where it failed. */
  readonly error: string | undefined;
  /** From the moment at which the component got the request, in milliseconds. */
  readonly start: number;
  readonly milliseconds: number;
  /** The place, among the records of the request, of the one that it belongs to; absent where it belongs to none that is kept. */
  readonly parent?: number;
}
