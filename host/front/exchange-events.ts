import type { PackedOperations } from '../wasi/keyvalue/operation.ts';
import type { RequestReport } from './request-report.ts';

/** What an exchange tells; see `HostEvents`. */
export interface ExchangeEvents {
  request(report: RequestReport): void;
  handled?(request: number, operations: PackedOperations): void;
}
