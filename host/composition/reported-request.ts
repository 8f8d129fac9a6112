import { type Operation, unpackOperations } from '../interfaces/keyvalue/operation.ts';
import type { RequestReport } from '../triggers/http/request-report.ts';
import type { HostOperation, RequestEvent } from './request-event.ts';

/** What a host tells of a request. @param request its number; default: that of the report */
export function requestEventOf(report: RequestReport, request = report.request): RequestEvent {
  const { method, path, status, milliseconds, operations, trap, failure, refused } = report;
  return {
    request,
    method,
    path,
    status,
    milliseconds,
    reason: trap === undefined ? failure : `the component trapped: ${trap.reason}`,
    backtrace: trap?.backtrace ?? [],
    ...(trap?.hostStack === undefined ? {} : { hostStack: trap.hostStack }),
    isRefused: refused,
    operations: operationsOf(unpackOperations(operations).filter(isOperation), request),
    omittedOperations: operations.omitted,
  };
}

/** Opening a bucket counts only where it failed. */
export function isOperation({ op, error }: Operation): boolean {
  return op !== 'open' || error !== undefined;
}

/** The operations of a request. */
export function operationsOf(operations: readonly Operation[], request: number): HostOperation[] {
  return operations.map((operation) => ({ ...operation, request }) as HostOperation);
}
