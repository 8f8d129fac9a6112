import { recordsOf } from '../interfaces/traced-operations.ts';
import { type DeliveryReport, whyNotHandled } from '../triggers/messaging/delivery-report.ts';
import { operationsOf } from './reported-request.ts';
import type { HostOperation } from './request-event.ts';

/** What became of a message for one component. */
export interface MessageDelivery {
  /** Counts the requests and messages of the host from 1; 0 where the component was not given it. */
  readonly request: number;
  /** The name of the component: `main`, or that in `dev.components`. */
  readonly component: string;
  readonly subject: string;
  /** Where a reply was to go; undefined where none was wanted. */
  readonly replyTo: string | undefined;
  /** Of its body, in bytes. */
  readonly size: number;
  /** Why it was not handled; undefined where it was. */
  readonly failure: string | undefined;
  /** What the handler answered in place of ok: a case of `handle-message-error`; of 0.2.0 always `other`. */
  readonly disposition: 'reject' | 'retry' | 'other' | undefined;
  /** Where it trapped: the wasm frames, the innermost first. Empty where it did not. */
  readonly backtrace: readonly string[];
  /** How long it waited for the component, and how long that took, in milliseconds. */
  readonly waited: number;
  readonly milliseconds: number;
  /** What the component did, in order. Opening something counts only where it failed. */
  readonly operations: readonly HostOperation[];
}

/** @param request its number; default: that of the report */
export function messageDeliveryOf(report: DeliveryReport, request = report.request): MessageDelivery {
  const { component, subject, replyTo, size, disposition, trap, waited, milliseconds, operations } = report;
  return {
    ...{ request, component, subject, replyTo, size },
    failure: whyNotHandled(report),
    disposition: disposition?.case,
    backtrace: trap?.backtrace ?? [],
    ...{ waited, milliseconds },
    operations: operationsOf(recordsOf(operations), request),
  };
}
