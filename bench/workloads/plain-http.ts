import { jcoServe, jcoServeFresh } from '../contenders/jco-serve.ts';
import { kvasi, kvasiReuse } from '../contenders/kvasi.ts';
import { nodeHttp } from '../contenders/node-http.ts';
import { washDev } from '../contenders/wash-dev.ts';
import { wasmtimeServe } from '../contenders/wasmtime-serve.ts';
import type { LoadWorkload } from './workload.ts';

const entrants = [nodeHttp, kvasi, jcoServe, wasmtimeServe, washDev].map((contender) => ({ contender }));

/** kvasi with the same without data. */
export const kvasiHello = 'kvasi, hello';

/** What needs no keyvalue. */
export const plainWorkloads: readonly LoadWorkload[] = [
  {
    name: 'hello',
    title: 'hello: one line',
    component: 'hello',
    request: { method: 'GET', path: '/' },
    expected: 'Hello, world!\n',
    connections: [16],
    entrants: [...entrants, { contender: kvasiReuse }, { contender: jcoServeFresh }],
  },
  {
    name: 'hello-assets',
    title: 'hello with 5 MiB of static data',
    component: 'hello-assets',
    request: { method: 'GET', path: '/' },
    expected: 'Hello, world!\n',
    connections: [16],
    entrants: [
      { contender: nodeHttp },
      { contender: kvasi },
      { contender: kvasi, component: 'hello', label: kvasiHello },
      { contender: wasmtimeServe },
    ],
  },
  echo('body-64k', '64 KiB', 64 * 1024, 16),
  echo('body-10m', '10 MiB', 10 * 1024 * 1024, 4),
  {
    name: 'body-out',
    title: 'a body of 1 MiB out',
    component: 'misbehave',
    request: { method: 'GET', path: '/huge?mib=1' },
    expected: Buffer.alloc(
      1024 * 1024,
      Uint8Array.from({ length: 256 }, (_, index) => index),
    ),
    connections: [16],
    entrants,
  },
];

function echo(name: string, size: string, bytes: number, connections: number): LoadWorkload {
  const body = Buffer.alloc(bytes, 'abcdefghijklmnopqrstuvwxyz');
  return {
    name,
    title: `a body of ${size} there and back`,
    component: 'misbehave',
    request: { method: 'POST', path: '/echo', body },
    expected: body,
    connections: [connections],
    entrants,
  };
}
