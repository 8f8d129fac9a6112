import { kvasi, kvasiReuse } from '../contenders/kvasi.ts';
import { nodeHttp } from '../contenders/node-http.ts';
import { wasmtimeServe } from '../contenders/wasmtime-serve.ts';
import { type LoadWorkload, upstreamPlace } from './workload.ts';

/** What sends requests of its own. */
export const proxyWorkloads: readonly LoadWorkload[] = [
  {
    name: 'proxy',
    title: 'each request sent on to a server on this machine',
    component: 'forward',
    request: { method: 'GET', path: `/forward?url=${upstreamPlace}` },
    expected: 'Hello, world!\n',
    connections: [16],
    hasUpstream: true,
    entrants: [nodeHttp, kvasi, kvasiReuse, wasmtimeServe].map((contender) => ({ contender })),
  },
];
