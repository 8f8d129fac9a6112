import { ApiError, type Parsed, route } from '../../../inspector/api/route.ts';
import type { Call, Reply, Route, RouteDescription, RouteHost } from '../../inspector-part.ts';
import { BlobError, type BlobErrorCase } from '../backends/backend.ts';
import type { Blobs } from '../backends/uniform-backend.ts';
import { ThreadBlobs } from '../thread-blobs.ts';

type BlobCall<Query, Body> = Call<RouteHost, Query, Body> & { readonly store: Blobs };

const statuses: Readonly<Record<BlobErrorCase, number>> = {
  'no-such-container': 404,
  'container-already-exists': 409,
  'no-such-object': 404,
  'access-denied': 403,
  timeout: 504,
  'store-unavailable': 502,
  'quota-exceeded': 507,
  other: 502,
};
const refusals: Readonly<Record<number, string>> = {
  403: 'The request has another Host or Origin than the inspector’s own, or the store may not be used.',
  404: 'There is no such container or object.',
  502: 'The store is away, or refused.',
  504: 'The store did not answer in time.',
  507: 'The store is full.',
};

/** Defines a route about blobs: what a store refuses is told with the status that says it best. */
export function blobRoute<const D extends RouteDescription>(
  description: D,
  handle: (call: BlobCall<Parsed<D['query']>, Parsed<D['body']>>) => Reply | Promise<Reply>,
): Route<RouteHost> {
  const described: D = { ...description, refusals: { ...refusals, ...description.refusals } };
  return route<RouteHost, D>(described, async (call) => {
    const blobs = call.host.states.get('blobstore');
    if (!(blobs instanceof ThreadBlobs)) throw new ApiError(404, 'the host has no blobs');
    try {
      return await handle({ ...call, store: await blobs.store() });
    } catch (error) {
      if (!(error instanceof BlobError)) throw error;
      throw new ApiError(statuses[error.case], error.message);
    }
  });
}
