import type { PackedTrace } from '../runtime/trace/packed-trace.ts';
import type { DispatcherEvents } from '../runtime/worker-pool/dispatcher-events.ts';
import type { RefusedClient } from '../triggers/http/refusal.ts';
import type { RequestReport } from '../triggers/http/request-report.ts';
import type { ServedRequest, ServedResponse } from '../triggers/http/served-message.ts';
import type { ChangeReport } from '../triggers/keyvalue-watch/change-report.ts';
import type { DeliveryReport } from '../triggers/messaging/delivery-report.ts';
import type { ScheduleReport } from './schedule-report.ts';

/** What a host tells whoever has put it together, while it runs. */
export interface HostEvents extends DispatcherEvents {
  /** A request has ended. */
  request(report: RequestReport): void;
  /** A request has come, and nothing of it has been read. @param number counts the requests of the host from 1 */
  arrived?(request: ServedRequest, response: ServedResponse, number: number): void;
  /** A client was refused before there was a request. */
  refused(refusal: RefusedClient): void;
  /** What runs beside the component wrote to its standard output or error; see `print`. @param name of it */
  printedBy?(name: string, stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void> | void;
  /** A scheduled run has ended. */
  scheduled?(report: ScheduleReport): void;
  /** A message was handled, or was not. */
  delivered?(report: DeliveryReport): void;
  /** A component was told what has changed in a bucket that it watches, or could not be. */
  changed?(report: ChangeReport): void;
  /** The handler of a request has ended; its answer may still be on its way. */
  handled?(request: number, operations: PackedTrace): void;
}
