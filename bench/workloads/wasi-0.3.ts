import { kvasi } from '../contenders/kvasi.ts';
import { nodeHttp } from '../contenders/node-http.ts';
import { wasmtimeServe } from '../contenders/wasmtime-serve.ts';
import { entrants, getRequest } from './keyvalue.ts';
import { plainWorkloads } from './plain-http.ts';
import type { LoadWorkload } from './workload.ts';

/** kvasi with the same for WASI 0.2. */
export const kvasi02 = 'kvasi, WASI 0.2';

/** What components of WASI 0.3 do, beside those of 0.2 that do the same. */
export const wasi03Workloads: readonly LoadWorkload[] = [
  {
    ...plain('hello'),
    name: 'hello3',
    title: 'hello, WASI 0.3',
    component: 'hello-async',
    entrants: [
      { contender: nodeHttp },
      { contender: kvasi },
      { contender: kvasi, component: 'hello', label: kvasi02 },
      { contender: wasmtimeServe },
    ],
  },
  {
    name: 'kv-get3',
    title: 'kv GET, WASI 0.3: one key out of memory',
    component: 'http-kv-async',
    request: getRequest,
    expected: /myvalue\n?$/,
    connections: [16, 64],
    entrants: entrants(nodeHttp, kvasi),
  },
  {
    ...plain('body-10m'),
    name: 'body3-10m',
    title: 'a body of 10 MiB there and back, WASI 0.3',
    component: 'http-kv-async',
    entrants: [
      { contender: nodeHttp },
      { contender: kvasi },
      { contender: kvasi, component: 'misbehave', label: kvasi02 },
      { contender: wasmtimeServe },
    ],
  },
];

function plain(name: string): LoadWorkload {
  const workload = plainWorkloads.find((one) => one.name === name);
  if (workload === undefined) throw new Error(`There is no workload ${name}`);
  return workload;
}
