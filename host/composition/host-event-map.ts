import type { GuestLog } from '../runtime/worker/guest-log.ts';
import type { HostError } from '../shared/host-error.ts';
import type { MessageDelivery } from './message-delivery.ts';
import type { RequestEvent } from './request-event.ts';
import type { ScheduleRun } from './schedule-run.ts';
import type { WatchedChange } from './watched-change.ts';

/** A client that was refused before the host took what it sent for a request. */
export interface RefusedEvent {
  /** Of the answer. */
  readonly status: number;
  readonly reason: string;
  /** Of what was asked for, where that much was understood. */
  readonly method?: string;
  readonly path?: string;
}

/** Something that a component has written to its standard output or error. */
export interface PrintEvent {
  /** The request that it served, counted from 1; 0 where it is no component that answers requests. */
  readonly request: number;
  /** What runs beside the component, by the name of its file; absent of the component itself. */
  readonly service?: string;
  readonly stream: 'stdout' | 'stderr';
  /** May end in the middle of a character. */
  readonly bytes: Uint8Array;
  /** Where it was logged through `wasi:logging`: what `bytes` has as a line of text. */
  readonly log?: GuestLog;
}

/** What a host tells, with what its listeners get. */
export interface HostEventMap {
  /** A request has ended. */
  request: [request: RequestEvent];
  /** A client was refused. */
  refused: [client: RefusedEvent];
  /** The component has printed something. */
  print: [output: PrintEvent];
  /** A scheduled run has ended. */
  schedule: [run: ScheduleRun];
  /** A message was handled, or was not. */
  message: [delivery: MessageDelivery];
  /** A component was told what has changed in a bucket that it watches, or could not be. */
  change: [change: WatchedChange];
  /** A store went away or came back, a worker was replaced, a key of the configuration file has no effect, and the like. */
  warning: [text: string];
  /** Something went wrong that is kvasi's fault; its `cause` says what. The host keeps serving. */
  fault: [error: HostError];
}
