import { fieldsOf } from '../../runtime/trace/record-fields.ts';
import { resultText } from '../../runtime/trace/record-text.ts';
import type { RequestRecord } from './request-log.ts';
import type { RequestInfo } from './schemas.ts';

/** A request as the API tells it: each operation with its fields, what it was done to, and in words what came of it. */
export function requestInfo(request: RequestRecord): RequestInfo {
  return {
    ...request,
    operations: request.operations.map((record) => ({
      ...fieldsOf(record),
      target: record.target,
      ...(record.item === undefined ? {} : { item: record.item }),
      effect: record.operation.effect,
      isAtomic: record.operation.isAtomic === true,
      result: resultText(record),
    })),
  };
}
