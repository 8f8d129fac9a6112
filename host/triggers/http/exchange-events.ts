import type { PackedTrace } from '../../runtime/trace/packed-trace.ts';
import type { RequestReport } from './request-report.ts';

/** What an exchange tells; see `HostEvents`. */
export interface ExchangeEvents {
  request(report: RequestReport): void;
  /** An error that nobody foresaw has ended the exchange. */
  fault(error: unknown): void;
  handled?(request: number, operations: PackedTrace): void;
}
