import { HostError } from '../../shared/host-error.ts';
import type { HostRequest } from './request-record.ts';
import { failureText } from './request-text.ts';

/**
 * Why a request got no answer, or not all of it: the `cause` of what `fetch`, or reading the body, rejects with. The message says which
 * request and what happened to it, with the backtrace of the component and what it printed.
 */
export class RequestError extends HostError {
  // No property of the error: whoever shows one with its properties would show all of it twice.
  readonly #request: HostRequest;

  /** @param options with the error of the connection as `cause` */
  constructor(request: HostRequest, options?: ErrorOptions) {
    super('request', failureText(request), options);
    this.#request = request;
  }

  /** What became of the request. */
  get request(): HostRequest {
    return this.#request;
  }

  /** The wasm frames where the component trapped, the innermost first. Empty where it did not. */
  get backtrace(): readonly string[] {
    return this.#request.backtrace;
  }
}
