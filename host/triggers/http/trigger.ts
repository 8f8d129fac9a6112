import type { Trigger } from '../../runtime/trigger.ts';
import type { HttpRequest } from './messages.ts';
import { readAnswer, sentRequests } from './records.ts';

/** Requests of HTTP, on the main thread; each is an `Exchange`. */
export const httpTrigger: Trigger<HttpRequest> = {
  name: 'http',
  calls: sentRequests,
  readOutput: readAnswer,
};
