import { storedValue } from '../contenders/contender.ts';
import { kvasi } from '../contenders/kvasi.ts';
import { nodeHttp } from '../contenders/node-http.ts';
import type { LoadRequest } from '../load/load-generator.ts';
import { entrants, getRequest, setRequest, store } from './keyvalue.ts';
import type { LoadWorkload } from './workload.ts';

const requests: readonly (readonly [
  name: string,
  request: LoadRequest,
  expected: LoadWorkload['expected'],
])[] = [
  ['get', getRequest, storedValue],
  ['set', setRequest, /^Stored/],
  ['increment', { method: 'GET', path: '/increment?key=counter' }, /^\d+\n$/],
  ['twenty', { method: 'GET', path: '/twenty' }, '210 bytes\n'],
];

const stores = [
  { name: 'sqlite', title: 'SQLite', place: { store: 'sqlite' } },
  { name: 'files', title: 'files', place: { store: 'filesystem' } },
  { name: 'redis', title: 'Redis', place: { redisDelay: 0 } },
  { name: 'nats', title: 'NATS', place: { store: 'nats' } },
] as const;

const ours = entrants(nodeHttp, kvasi).map((entrant) => ({ ...entrant, prepare: store }));

/** Each operation on each store, beside a bare handler with the same client and the same durability. */
export const storeWorkloads: readonly LoadWorkload[] = stores.flatMap(({ name, title, place }) =>
  requests.map(([operation, request, expected]) => ({
    name: `store-${name}-${operation}`,
    title: `${operation}, ${title}`,
    component: 'bench',
    request,
    expected,
    connections: [16, 256],
    ...place,
    entrants: ours,
  })),
);
