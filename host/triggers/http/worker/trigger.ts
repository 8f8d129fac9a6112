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

/** The same for a component whose handler is one of WASI 0.3. */
export async function http03Trigger(): Promise<WorkerTrigger> {
  const { Http03Call } = await import('./http03-call.ts');
  return {
    name: httpTrigger.name,
    read: (ring, at, id, link) => new Http03Call(id, readRequest(ring, at), link),
    take: (value, id, link) => new Http03Call(id, value as HttpRequest, link),
  };
}
