import { askFor } from '../ask.ts';
import { type Contender, storedKey, storedValue } from '../contenders/contender.ts';
import { kvasi, kvasiLines, kvasiReuse } from '../contenders/kvasi.ts';
import { nodeHttp } from '../contenders/node-http.ts';
import { washDev } from '../contenders/wash-dev.ts';
import { wasmtimeServe } from '../contenders/wasmtime-serve.ts';
import type { LoadRequest } from '../load/load-generator.ts';
import type { Entrant, LoadWorkload } from './workload.ts';

export const getRequest: LoadRequest = { method: 'GET', path: `/get?key=${storedKey}` };
export const setRequest: LoadRequest = {
  method: 'POST',
  path: '/set',
  body: Buffer.from(JSON.stringify({ key: storedKey, value: storedValue })),
};

const withoutRedis = entrants(nodeHttp, kvasi, kvasiReuse, wasmtimeServe, washDev);
const withRedis = entrants(nodeHttp, kvasi, washDev);

export const keyvalueWorkloads: readonly LoadWorkload[] = [
  {
    name: 'kv-get',
    title: 'kv GET: one key out of memory',
    component: 'bench',
    request: getRequest,
    expected: storedValue,
    connections: [1, 16, 64, 256],
    entrants: [...withoutRedis, ...entrants(kvasiLines)],
  },
  {
    name: 'kv-post',
    title: 'kv POST: a JSON body, one key into memory',
    component: 'bench',
    request: setRequest,
    expected: `Stored '${storedKey}'\n`,
    connections: [16],
    entrants: withoutRedis,
  },
  {
    name: 'kv-increment',
    title: 'counter increment in memory',
    component: 'bench',
    request: { method: 'GET', path: '/increment?key=counter' },
    expected: /^\d+\n$/,
    connections: [16],
    entrants: withoutRedis,
  },
  {
    name: 'kv-twenty',
    title: '20 keyvalue operations in one request, in memory',
    component: 'bench',
    request: { method: 'GET', path: '/twenty' },
    expected: '210 bytes\n',
    connections: [16],
    entrants: withoutRedis,
  },
  {
    name: 'redis-get',
    title: 'kv GET from Redis',
    component: 'bench',
    request: getRequest,
    expected: storedValue,
    connections: [16, 64],
    redisDelay: 0,
    entrants: withRedis,
  },
  {
    name: 'redis-get-20ms',
    title: 'kv GET from a Redis that answers 20 ms later',
    component: 'bench',
    request: getRequest,
    expected: storedValue,
    connections: [256, 1000],
    redisDelay: 20,
    entrants: withRedis,
  },
];

export function entrants(...contenders: readonly Contender[]): Entrant[] {
  return contenders.map((contender) =>
    contender === wasmtimeServe ? { contender } : { contender, prepare: store },
  );
}

/** Gives a server the key that `getRequest` reads. */
export async function store(url: string): Promise<void> {
  const { method, path, body } = setRequest;
  await askFor(url + path, method, body);
}
