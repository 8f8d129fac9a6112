import { kvasiReuse } from './contenders/kvasi.ts';
import { wasmtimeServe } from './contenders/wasmtime-serve.ts';
import { bare, lowest, type Target, throughput } from './target.ts';
import { kvasiHello } from './workloads/plain-http.ts';
import { kvasi02 } from './workloads/wasi-0.3.ts';

/** What kvasi is held to with components of WASI 0.3, and with guests in other languages than Rust. */
export const guestTargets: readonly Target[] = [
  {
    key: 'freshVsReuse',
    title: 'hello, a fresh instance for each request against one that is used again',
    bound: 'at least',
    value: 0.95,
    measured: (results) => throughput(results, 'hello', 16, kvasiReuse.name),
  },
  {
    key: 'assetsVsHello',
    title: 'hello with 5 MiB of static data, against hello',
    bound: 'at least',
    value: 0.8,
    measured: (results) => throughput(results, 'hello-assets', 16, kvasiHello),
  },
  {
    key: 'hello3VsWasmtimeServe',
    title: 'hello of WASI 0.3, against wasmtime serve, which uses instances again',
    bound: 'at least',
    value: 1.5,
    measured: (results) => throughput(results, 'hello3', 16, wasmtimeServe.name),
  },
  {
    key: 'hello3VsHello2',
    title: 'hello of WASI 0.3, against that of 0.2',
    bound: 'at least',
    value: 0.9,
    measured: (results) => throughput(results, 'hello3', 16, kvasi02),
  },
  {
    key: 'kvGet3VsNode',
    title: 'kv GET of WASI 0.3, 16 and 64 connections, against node:http + Map',
    bound: 'at least',
    value: 0.5,
    measured: (results) =>
      lowest([16, 64].map((connections) => throughput(results, 'kv-get3', connections, bare))),
  },
  {
    key: 'body10m3VsBody10m',
    title: 'a body of 10 MiB there and back, WASI 0.3 against 0.2',
    bound: 'at least',
    value: 1,
    measured: (results) => throughput(results, 'body3-10m', 4, kvasi02),
  },
  {
    key: 'jsVsWasmtimeServe',
    title: 'kv GET of a guest in JavaScript, against wasmtime serve',
    bound: 'at least',
    value: 1.2,
    measured: (results) => throughput(results, 'kv-get-javascript', 16, wasmtimeServe.name),
  },
  {
    key: 'pythonVsWasmtimeServe',
    title: 'kv GET of a guest in Python, against wasmtime serve',
    bound: 'at least',
    value: 4,
    measured: (results) => throughput(results, 'kv-get-python', 16, wasmtimeServe.name),
  },
];
