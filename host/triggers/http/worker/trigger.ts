import type { EntryRoute } from '../../../runtime/ipc/protocol.ts';
import type { CallLink, GuestCall, WorkerTrigger } from '../../../runtime/worker/worker-trigger.ts';
import type { HttpRequest } from '../messages.ts';
import { readRequest } from '../records.ts';
import { HttpCall } from './http-call.ts';

const name = 'http';

/** Requests of HTTP, in a worker. */
export const httpTrigger: WorkerTrigger = {
  name,
  read: (ring, at, id, link) => new HttpCall(id, readRequest(ring, at), link),
  take: (value, id, link) => new HttpCall(id, value as HttpRequest, link),
};

/**
 * The same for a component whose handler is one of WASI 0.3, or for several.
 *
 * @param routes which entry of the program a request calls; see `WorkerSetup.routes`
 */
export async function otherHttpTrigger(
  isAsync: boolean,
  routes: readonly EntryRoute[] = [],
): Promise<WorkerTrigger> {
  const Call = isAsync ? (await import('./http03-call.ts')).Http03Call : HttpCall;
  const sorted = routes.toSorted((one, other) => other.path.length - one.path.length);
  const call = (request: HttpRequest, id: number, link: CallLink): GuestCall =>
    new Call(id, request, link, entryOf(request.head.pathWithQuery, sorted));
  return {
    name,
    read: (ring, at, id, link) => call(readRequest(ring, at), id, link),
    take: (value, id, link) => call(value as HttpRequest, id, link),
  };
}

/** @param routes the longest first */
function entryOf(target: string, routes: readonly EntryRoute[]): number {
  const path = target.split('?', 1)[0] ?? target;
  const route = routes.find((one) => path === one.path || path.startsWith(`${one.path}/`));
  return route?.entry ?? 0;
}
