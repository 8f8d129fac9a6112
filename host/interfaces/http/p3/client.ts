import { Cancellable } from '../../../engine/async/cancellable.ts';
import type { Guest } from '../../../runtime/worker/guest.ts';
import type { Reach } from '../http-config.ts';
import type { CallResult } from '../outgoing-call.ts';
import type { OutgoingRequests } from '../outgoing-requests.ts';
import type { Request } from './request.ts';
import { Response } from './response.ts';

/**
 * `wasi:http/client@0.3.0` for one guest, and `wasi:http/handler@0.3.0`: where no component beside it is the next handler, a request that
 * is handed on goes where it names.
 */
export function client(
  requests: OutgoingRequests,
  guest: Guest,
  reach: Reach,
): { readonly client: Record<string, unknown>; readonly handler: Record<string, unknown> } {
  const send = (request: Request): Cancellable<Response> => {
    const call = requests.send(guest, reach, request.take());
    const responded = async (): Promise<Response> => {
      let { result } = call;
      while (result === undefined) {
        await call.whenReady();
        ({ result } = call);
      }
      return responseOf(result, guest);
    };
    return new Cancellable(responded(), () => call.drop());
  };
  return { client: { send }, handler: { handle: send } };
}

function responseOf(result: CallResult, guest: Guest): Response {
  if (result.tag === 'err') throw result.val;
  return Response.received(result.val, guest.holdings);
}
