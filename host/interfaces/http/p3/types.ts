import type { Holdings } from '../../../runtime/worker/holdings.ts';
import { Fields, refuseTooLarge } from '../fields.ts';
import { Request } from './request.ts';
import { RequestOptions } from './request-options.ts';
import { Response } from './response.ts';

/** `wasi:http/types@0.3.0` for one guest. */
export function httpTypes(holdings: Holdings): Record<string, unknown> {
  return { Request, RequestOptions, Response, Fields: fieldsOf(holdings) };
}

/** The class of fields as a guest makes them: what they hold is counted for that guest. */
function fieldsOf(holdings: Holdings): unknown {
  function GuestFields(): Fields {
    return new Fields(holdings, refuseTooLarge);
  }
  GuestFields.prototype = Fields.prototype;
  GuestFields.fromList = (entries: Parameters<typeof Fields.fromList>[0]) =>
    Fields.fromList(entries, holdings, refuseTooLarge);
  return GuestFields;
}
