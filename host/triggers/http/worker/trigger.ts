import type { EntryRoute } from '../../../runtime/ipc/protocol.ts';
import type { CallLink, GuestCall, WorkerTrigger } from '../../../runtime/worker/worker-trigger.ts';
import type { ReceivedRequest } from '../messages.ts';
import { readRequest } from '../records.ts';
import { HttpCall } from './http-call.ts';

const name = 'http';

/** Requests of HTTP, in a worker. */
export const httpTrigger: WorkerTrigger = {
  name,
  read: (ring, at, id, link, blocks) => new HttpCall(id, readRequest(ring, at, blocks), link),
  take: (value, id, link) => new HttpCall(id, value as ReceivedRequest, link),
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
  const call = (request: ReceivedRequest, id: number, link: CallLink): GuestCall =>
    new Call(id, request, link, request.entry ?? entryOf(request.head.pathWithQuery, sorted));
  return {
    name,
    read: (ring, at, id, link, blocks) => call(readRequest(ring, at, blocks), id, link),
    take: (value, id, link) => call(value as ReceivedRequest, id, link),
  };
}

/** @param routes the longest first */
function entryOf(target: string, routes: readonly EntryRoute[]): number {
  const path = target.split('?', 1)[0] ?? target;
  const route = routes.find((one) => path === one.path || path.startsWith(`${one.path}/`));
  return route?.entry ?? 0;
}
