import type { BodyStart } from '../../triggers/http/in-process/answer-body.ts';
import type { HostRequest } from './request-record.ts';

/** What a host knows of an answer that it gave. */
export interface KnownAnswer extends BodyStart {
  /** Resolves when its request has ended. Undefined where nothing more is known of it. */
  request(): Promise<HostRequest | undefined>;
}

const known = new WeakMap<Response, KnownAnswer>();

/** Remembers the request of an answer, for as long as somebody has the answer. */
export function noteAnswer(
  response: Response,
  body: BodyStart,
  request: () => Promise<HostRequest | undefined>,
): void {
  known.set(response, {
    get start() {
      return body.start;
    },
    request,
  });
}

/** Undefined for an answer that is not of a host of this process. */
export function answerOfHost(response: Response): KnownAnswer | undefined {
  return known.get(response);
}
