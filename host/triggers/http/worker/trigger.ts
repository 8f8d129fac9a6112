import type { WorkerTrigger } from '../../../runtime/worker/worker-trigger.ts';
import type { HttpRequest } from '../messages.ts';
import { readRequest } from '../records.ts';
import { HttpCall } from './http-call.ts';

/** Requests of HTTP, in a worker. */
export const httpTrigger: WorkerTrigger = {
  name: 'http',
  read: (ring, at, id, link) => new HttpCall(id, readRequest(ring, at), link),
  take: (value, id, link) => new HttpCall(id, value as HttpRequest, link),
};
