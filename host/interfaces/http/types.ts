import type { Holdings } from '../../runtime/worker/holdings.ts';
import type { IoError } from '../io/io-error.ts';
import { FutureIncomingResponse, IncomingResponse, RequestOptions } from './client.ts';
import { Fields } from './fields.ts';
import { FutureTrailers, IncomingBody, IncomingRequest } from './incoming.ts';
import { OutgoingBody, OutgoingResponse, ResponseOutparam } from './outgoing.ts';
import { OutgoingRequest } from './outgoing-request.ts';

const shared = {
  FutureIncomingResponse,
  FutureTrailers,
  IncomingBody,
  IncomingRequest,
  IncomingResponse,
  OutgoingBody,
  OutgoingRequest,
  OutgoingResponse,
  RequestOptions,
  ResponseOutparam,
  httpErrorCode: (error: IoError): unknown => error.codes.http,
};

/** `wasi:http/types` for one guest, 0.2.0 to 0.2.12: its shapes are the same in all of them. */
export function httpTypes(holdings: Holdings): Record<string, unknown> {
  return { ...shared, Fields: fieldsOf(holdings) };
}

/**
 * The class of fields as a guest makes them: what they hold is counted for that guest. It is no class of its own, so that
 * code that meets the fields of many guests meets one shape.
 */
function fieldsOf(holdings: Holdings): unknown {
  function GuestFields(): Fields {
    return new Fields(holdings);
  }
  GuestFields.prototype = Fields.prototype;
  GuestFields.fromList = (entries: Parameters<typeof Fields.fromList>[0]) =>
    Fields.fromList(entries, holdings);
  return GuestFields;
}
