import type { GuestSignal } from '../../interfaces/otel/guest-signal.ts';
import type { PackedTrace } from '../../runtime/trace/packed-trace.ts';
import type { CallSpan, SpanContext } from '../../runtime/trace/span-context.ts';
import type { GuestLogLevel } from '../../runtime/worker/guest-log.ts';
import type { TelemetrySettings } from '../../settings/telemetry-setting.ts';

/** What the thread that sends telemetry is started with. */
export interface TelemetryStart {
  readonly settings: TelemetrySettings;
  /** Of the component. */
  readonly name: string;
}

/** A request, a scheduled run or the handling of a message that has ended. */
export interface EndedCall {
  readonly type: 'call';
  readonly kind: 'request' | 'run' | 'message';
  /** Milliseconds since 1970. */
  readonly ended: number;
  readonly milliseconds: number;
  readonly operations: PackedTrace;
  /** Where the component did not get so far that it had a span. */
  readonly span: CallSpan;
  /** Why it failed; absent where it did not. */
  readonly failure?: string;
  /** Of a request. */
  readonly request?: { readonly method: string; readonly path: string; readonly status: number };
  /** Of a run: the schedule. */
  readonly schedule?: string;
  /** Of a message; the size is that of the body, in bytes. */
  readonly message?: { readonly subject: string; readonly component: string; readonly size: number };
}

/** Something that the host or the component has said. */
export interface ToldLog {
  readonly type: 'log';
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly level: GuestLogLevel;
  readonly message: string;
  /** What it is about, in the component's words. */
  readonly context?: string;
  /** The request during which the component said it. */
  readonly request?: number;
  readonly span?: SpanContext;
}

/** How much there is to do. */
export interface Load {
  readonly type: 'load';
  /** Requests that have come and not ended. */
  readonly activeRequests: number;
  /** Clients that were refused, since the start. */
  readonly refused: number;
  /** What was left out because the thread was behind, since the start. */
  readonly dropped: number;
}

export type TelemetryItem = EndedCall | ToldLog | Load | GuestSignal;

export type ToTelemetry =
  | { readonly type: 'items'; readonly items: readonly TelemetryItem[] }
  /** Sends what there is, and ends. */
  | { readonly type: 'end' };

export type FromTelemetry =
  /** So many items have been taken. */
  | { readonly type: 'taken'; readonly items: number }
  /** To be told to the user. */
  | { readonly type: 'tell'; readonly text: string }
  | { readonly type: 'ended' };
