import { FutureIncomingResponse, IncomingResponse, OutgoingRequest, RequestOptions } from './client.ts';
import { Fields } from './fields.ts';
import { FutureTrailers, IncomingBody, IncomingRequest } from './incoming.ts';
import { OutgoingBody, OutgoingResponse, ResponseOutparam } from './outgoing.ts';

/** `wasi:http/types`, 0.2.0 to 0.2.12: its shapes are the same in all of them. */
export const httpTypes = {
  Fields,
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
  /** No stream error of this host stems from HTTP. */
  httpErrorCode: (): undefined => undefined,
};
