import { Request } from '../../../interfaces/http/p3/request.ts';
import type { Response } from '../../../interfaces/http/p3/response.ts';
import type { ErrorCode } from '../../../interfaces/http/response-sink.ts';
import type { Guest } from '../../../runtime/worker/guest.ts';
import type { GuestCall } from '../../../runtime/worker/worker-trigger.ts';
import { RequestCall } from './http-call.ts';

/** What `wasi:http/handler.handle` answers. */
type Handled =
  | { readonly tag: 'ok'; readonly val: Response }
  | { readonly tag: 'err'; readonly val: ErrorCode };

/** A request in a worker: a call of `wasi:http/handler@0.3.0.handle`. */
export class Http03Call extends RequestCall implements GuestCall {
  args({ holdings }: Guest): [Request] {
    return [Request.received(this.head, this.body, holdings)];
  }

  returned(result: unknown, over: () => void): void {
    const handled = result as Handled;
    if (handled.tag === 'ok') {
      handled.val.send(this.response, over);
      return;
    }
    this.response.refuse(handled.val);
    over();
  }

  /** What was sent is all that comes. */
  exited(status: number): boolean {
    return status === 0;
  }
}
