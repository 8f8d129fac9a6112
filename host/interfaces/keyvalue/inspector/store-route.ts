import { ApiError, type Parsed, route } from '../../../inspector/api/route.ts';
import type { Call, Reply, Route, RouteDescription, RouteHost } from '../../inspector-part.ts';
import { StoreError, type StoreErrorCase } from '../backends/backend.ts';
import type { Stores } from '../stores.ts';

/** What a route of buckets is asked, and the stores that it is about. */
type StoreCall<Query, Body> = Call<RouteHost, Query, Body> & { readonly stores: Stores };

const statuses: Readonly<Record<StoreErrorCase, number>> = {
  'no-such-store': 404,
  'access-denied': 403,
  'invalid-argument': 400,
  'quota-exceeded': 413,
  'store-unavailable': 502,
  timeout: 502,
  other: 502,
};
const refusals: Readonly<Record<number, string>> = {
  403: 'The request has another Host or Origin than the inspector’s own, or the bucket is denied.',
  502: 'The store is away, or refused.',
};
const noSuchBucket: Readonly<Record<number, string>> = { 404: 'There is no such bucket.' };

/** Defines a route about buckets: what a store refuses is told with the status that says it best. */
export function storeRoute<const D extends RouteDescription>(
  description: D,
  handle: (call: StoreCall<Parsed<D['query']>, Parsed<D['body']>>) => Reply | Promise<Reply>,
): Route<RouteHost> {
  const ofStores = description.query === undefined ? refusals : { ...refusals, ...noSuchBucket };
  const described: D = { ...description, refusals: { ...ofStores, ...description.refusals } };
  return route<RouteHost, D>(described, async (call) => {
    const stores = call.host.states.get('keyvalue');
    if (!isStores(stores)) throw new ApiError(404, 'the host has no buckets');
    try {
      return await handle({ ...call, stores });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      throw new ApiError(statuses[error.case], error.message);
    }
  });
}

function isStores(state: unknown): state is Stores {
  return typeof state === 'object' && state !== null && 'open' in state && typeof state.open === 'function';
}
