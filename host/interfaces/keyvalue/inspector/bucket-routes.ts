import { json } from '../../../inspector/api/route.ts';
import type { RouteHost } from '../../inspector-part.ts';
import { keyPages } from '../backends/all-keys.ts';
import type { KeyPage } from '../backends/backend.ts';
import type { Capabilities } from '../backends/definition.ts';
import type { BackendSettings } from '../configuration/backend-settings.ts';
import { formatRule, type IdentifierRule, ruleFor } from '../configuration/store-rules.ts';
import { definitionOf } from '../connect-backend.ts';
import { keyvalueOperations } from '../operations.ts';
import { storedIdentifiers } from '../stored-identifiers.ts';
import { BucketEntries } from '../transfer/bucket-entries.ts';
import { countKeys } from '../transfer/count-keys.ts';
import {
  type BucketInfo,
  bucketInfo,
  bucketList,
  bucketQuery,
  bucketsQuery,
  keyCount,
  keyPage,
  keysQuery,
} from './bucket-schemas.ts';
import { storeRoute } from './store-route.ts';
import { storesOfHost } from './stores-of-host.ts';

/** How long looking for a prefix may take where the store can't, in milliseconds. */
const patience = 300;

export const bucketRoutes = [
  storeRoute(
    {
      method: 'GET',
      path: '/api/v1/buckets',
      summary:
        'The identifiers that the configuration names and those that requests have opened, of many the last thousand.',
      query: bucketsQuery,
      answer: bucketList,
    },
    async ({ host, stores, query }) => {
      const keyvalue = storesOfHost(host);
      const names = new Set([
        ...(query.stored === undefined ? [] : await storedIdentifiers(keyvalue, stores)),
        ...keyvalue.named.keys(),
        ...host.requests.targets(keyvalueOperations.interface),
      ]);
      const buckets = [...names].sort().map((name) => describe(name, ruleFor(keyvalue, name), host));
      return json(bucketList, { buckets: await Promise.all(buckets), others: formatRule(keyvalue.others) });
    },
  ),
  storeRoute(
    {
      method: 'GET',
      path: '/api/v1/bucket',
      summary: 'What an identifier gets, whichever it is.',
      query: bucketQuery,
      answer: bucketInfo,
    },
    async ({ host, query: { bucket } }) => {
      const rule = ruleFor(storesOfHost(host), bucket);
      return json(bucketInfo, await describe(bucket, rule, host));
    },
  ),
  storeRoute(
    {
      method: 'GET',
      path: '/api/v1/count',
      summary: 'How many keys a bucket has, counted as far as that is quick.',
      query: bucketQuery,
      answer: keyCount,
    },
    async ({ stores, query }) => {
      const store = new BucketEntries(await stores.open(query.bucket));
      return json(keyCount, await countKeys(store, ''));
    },
  ),
  storeRoute(
    {
      method: 'GET',
      path: '/api/v1/keys',
      summary: 'A page of the keys of a bucket. A page may be short, or empty, although others follow.',
      query: keysQuery,
      answer: keyPage,
    },
    async ({ stores, query: { bucket, prefix = '', cursor } }) => {
      const entries = new BucketEntries(await stores.open(bucket));
      const deadline = performance.now() + patience;
      let found: KeyPage = { keys: [], cursor: undefined };
      for await (const page of keyPages((at) => entries.list(at, prefix), cursor)) {
        found = page;
        if (page.keys.length > 0 || performance.now() >= deadline) break;
      }
      const next = found.cursor === undefined ? {} : { cursor: found.cursor };
      return json(keyPage, { keys: [...found.keys], ...next });
    },
  ),
];

async function describe(bucket: string, rule: IdentifierRule, host: RouteHost): Promise<BucketInfo> {
  const opened = host.requests.targets(keyvalueOperations.interface).has(bucket);
  if (typeof rule === 'string') return { bucket, served: rule, opened };
  const capabilities = await capabilitiesOf(rule);
  return {
    bucket,
    served: 'store',
    backend: rule.kind,
    place: formatRule(rule).replace(`${host.resolved.settings.directory}/`, ''),
    ...(rule.ttl === undefined ? {} : { ttl: rule.ttl }),
    ...(capabilities === undefined ? {} : { capabilities }),
    opened,
  };
}

/** Nothing for a module that can't be loaded: opening one of its buckets says why. */
async function capabilitiesOf(rule: BackendSettings): Promise<Capabilities | undefined> {
  return await definitionOf(rule).then(
    ({ capabilities }) => capabilities,
    () => undefined,
  );
}
