import type { Trap } from '../../runtime/outcome.ts';
import type { PackedTrace } from '../../runtime/trace/packed-trace.ts';

/** What became of a change that a component was told of, when its watcher has ended. */
export interface ChangeReport {
  /** Counts the requests, messages and changes of a host from 1, in the order in which they came. */
  readonly request: number;
  readonly component: string;
  /** The address of the bucket. */
  readonly bucket: string;
  readonly key: string;
  readonly change: 'set' | 'delete';
  /** Of the value, in bytes. */
  readonly size: number;
  readonly milliseconds: number;
  readonly operations: PackedTrace;
  /** Why the component stopped in the middle. */
  readonly trap: Trap | undefined;
  /** Why the host ended it, or did not tell the component. */
  readonly failure: string | undefined;
}
