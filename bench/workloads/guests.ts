import { storedValue } from '../contenders/contender.ts';
import { kvasi, kvasiReuse } from '../contenders/kvasi.ts';
import { nodeHttp } from '../contenders/node-http.ts';
import { wasmtimeServe } from '../contenders/wasmtime-serve.ts';
import { entrants, getRequest } from './keyvalue.ts';
import type { LoadWorkload } from './workload.ts';

/** Guests in other languages, which the run builds; see `../guests/README.md`. */
export const guestWorkloads: readonly LoadWorkload[] = [
  {
    name: 'kv-get-javascript',
    title: 'kv GET of a guest in JavaScript',
    component: 'javascript',
    request: getRequest,
    expected: storedValue,
    connections: [16],
    // Its engine takes one event `fetch` in its life: no instance can be used again.
    entrants: entrants(nodeHttp, kvasi, wasmtimeServe),
  },
  {
    name: 'kv-get-python',
    title: 'kv GET of a guest in Python',
    component: 'python',
    request: getRequest,
    expected: storedValue,
    connections: [16],
    entrants: entrants(nodeHttp, kvasi, kvasiReuse, wasmtimeServe),
  },
];
