import { recordsOf } from '../interfaces/traced-operations.ts';
import { whyFailed } from '../runtime/outcome.ts';
import { fieldsOf } from '../runtime/trace/record-fields.ts';
import type { TraceRecord } from '../runtime/trace/trace-record.ts';
import type { RequestReport } from '../triggers/http/request-report.ts';
import type { HostOperation, RequestEvent } from './request-event.ts';

/** What a host tells of a request. @param request its number; default: that of the report */
export function requestEventOf(report: RequestReport, request = report.request): RequestEvent {
  const { method, path, status, milliseconds, operations, trap, refused } = report;
  const { authority, parent } = report;
  return {
    request,
    method,
    path,
    ...(authority === undefined ? {} : { authority }),
    ...(parent === undefined ? {} : { parent }),
    status,
    milliseconds,
    reason: whyFailed(report),
    backtrace: trap?.backtrace ?? [],
    ...(trap?.hostStack === undefined ? {} : { hostStack: trap.hostStack }),
    isRefused: refused,
    operations: operationsOf(recordsOf(operations), request),
    omittedOperations: operations.omitted,
  };
}

/** The operations of a request. */
export function operationsOf(records: readonly TraceRecord[], request: number): HostOperation[] {
  // The tables of the interfaces say which fields there are, and `HostOperation` says the same.
  return records
    .filter(counts)
    .map((record) => ({ ...fieldsOf(record), request }) as unknown as HostOperation);
}

/** Opening something counts only where it failed, and telling something was told at once. */
function counts({ operation, error }: TraceRecord): boolean {
  return (operation.effect !== 'open' && operation.effect !== 'tell') || error !== undefined;
}
