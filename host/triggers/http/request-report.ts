import type { Trap } from '../../runtime/outcome.ts';
import type { PackedTrace } from '../../runtime/trace/packed-trace.ts';

/** What became of a request; one for each, when it has ended. */
export interface RequestReport {
  /** Counts the requests of a host from 1, in the order in which they came. */
  readonly request: number;
  /** The port of the client's end of the connection. */
  readonly clientPort: number;
  readonly method: string;
  readonly path: string;
  /** 0 when the client went away before there was one. */
  readonly status: number;
  /** From the request's head to the end of the answer. */
  readonly milliseconds: number;
  /** Packed, because under load nobody looks at most of them. */
  readonly operations: PackedTrace;
  /** Why the component stopped in the middle. */
  readonly trap: Trap | undefined;
  /** Why there was no answer, or not all of it. */
  readonly failure: string | undefined;
  /** It was refused because too many requests waited; the component saw nothing of it. */
  readonly refused: boolean;
  /** Who served it, where that was not the component. */
  readonly component?: string;
  /** Of a request that a component of the host has sent: the place that it named. */
  readonly authority?: string | undefined;
  /** The number of the request for which it did; absent where that was none, as for a service. */
  readonly parent?: number | undefined;
}
