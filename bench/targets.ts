import { jcoServe } from './contenders/jco-serve.ts';
import { kvasi, kvasiLinked } from './contenders/kvasi.ts';
import { wasmtimeServe } from './contenders/wasmtime-serve.ts';
import { guestTargets } from './guest-targets.ts';
import { kvasi03 } from './measure-memory.ts';
import { firstSecondsRounds, loadRounds, type Results, startRounds } from './results.ts';
import { type Spread, spread } from './statistics.ts';
import { bare, lowest, ours, ratio, type Target, throughput } from './target.ts';
import { bigValueWorkloads } from './workloads/big-values.ts';
import { keyCountLabel } from './workloads/key-counts.ts';
import { kvasiComposed } from './workloads/linked.ts';
import { storeWorkloads } from './workloads/stores.ts';

export const targets: readonly Target[] = [
  {
    key: 'kvGetVsNode',
    title: 'kv GET, 16 and 64 connections, against node:http + Map',
    bound: 'at least',
    value: 0.5,
    measured: (results) =>
      lowest([16, 64].map((connections) => throughput(results, 'kv-get', connections, bare))),
  },
  {
    key: 'helloVsJcoServe',
    title: 'hello, against jco serve',
    bound: 'at least',
    value: 20,
    measured: (results) => throughput(results, 'hello', 16, jcoServe.name),
  },
  {
    key: 'kvGetVsWasmtimeServe',
    title: 'kv GET, 16 and 64 connections, against wasmtime serve',
    bound: 'at least',
    value: 1,
    measured: (results) =>
      lowest([16, 64].map((connections) => throughput(results, 'kv-get', connections, wasmtimeServe.name))),
  },
  {
    key: 'kvGetRedisVsNode',
    title: 'kv GET from Redis, 16 and 64 connections, against node:http + ioredis',
    bound: 'at least',
    value: 0.5,
    measured: (results) =>
      lowest([16, 64].map((connections) => throughput(results, 'redis-get', connections, bare))),
  },
  {
    key: 'latency1VsNode',
    title: 'kv GET, 1 connection, latency, against node:http + Map',
    bound: 'at most',
    value: 3,
    measured: (results) =>
      ratio(
        loadRounds(results, 'kv-get', 1, ours, 'latency'),
        loadRounds(results, 'kv-get', 1, bare, 'latency'),
      ),
  },
  {
    key: 'redisLatencyVsNode',
    title: 'kv GET from Redis 20 ms away, 256 and 1,000 connections, against node:http + ioredis',
    bound: 'at least',
    value: 0.9,
    measured: (results) =>
      lowest([256, 1000].map((connections) => throughput(results, 'redis-get-20ms', connections, bare))),
  },
  {
    key: 'storeVsNode',
    title:
      'get, set, increment and twenty on SQLite, files, Redis and NATS, against node:http with the same client',
    bound: 'at least',
    value: 0.6,
    measured: (results) =>
      lowest(
        storeWorkloads.flatMap(({ name, connections }) =>
          connections.map((count) => throughput(results, name, count, bare)),
        ),
      ),
  },
  {
    key: 'blobVsNode',
    title: 'blobs of 64 KiB and 100 MiB out of files and into them, against node:http + files',
    bound: 'at least',
    value: 0.5,
    measured: (results) =>
      lowest(
        [
          ['blob-get-64k', 16] as const,
          ['blob-get-100m', 2] as const,
          ['blob-put-64k', 16] as const,
          ['blob-put-100m', 2] as const,
        ].map(([workload, connections]) => throughput(results, workload, connections, bare)),
      ),
  },
  {
    key: 'warmStartVsNode',
    title: 'warm start to the first answer, against node:http',
    bound: 'at most',
    value: 2,
    measured: (results) => ratio(startRounds(results, 'warm', ours), startRounds(results, 'warm', bare)),
  },
  {
    key: 'firstSecondsVsNode',
    title:
      'answers in the first 3 s after a start, Redis 20 ms away, 256 connections, against node:http + ioredis',
    bound: 'at least',
    value: 0.7,
    measured: (results) => ratio(firstSecondsRounds(results, ours), firstSecondsRounds(results, bare)),
  },
  {
    key: 'getMillionVsThousand',
    title: 'kv GET, 1,000,000 keys against 1,000',
    bound: 'at least',
    value: 0.8,
    measured: (results) =>
      ratio(
        loadRounds(results, 'keys-get', 16, keyCountLabel(kvasi, 1_000_000)),
        loadRounds(results, 'keys-get', 16, keyCountLabel(kvasi, 1_000)),
      ),
  },
  {
    key: 'linkedVsSingle',
    title: 'a request that calls another component once, against the same function within one',
    bound: 'at least',
    value: 0.5,
    measured: (results) =>
      ratio(
        loadRounds(results, 'linked-call', 16, kvasiLinked.name),
        loadRounds(results, 'linked-call', 16, ours),
      ),
  },
  {
    key: 'composedVsSingle',
    title: 'the same of a component that was put together of two',
    bound: 'at least',
    value: 0.8,
    measured: (results) =>
      ratio(
        loadRounds(results, 'linked-call', 16, kvasiComposed),
        loadRounds(results, 'linked-call', 16, ours),
      ),
  },
  {
    key: 'messagesVsKvGet',
    title: 'messages with one kv GET each in memory, against requests with one, 16 connections',
    bound: 'at least',
    value: 1,
    measured: ({ messages }) => messages && ratio(messages.messages, messages.requests),
  },
  {
    key: 'proxyVsNode',
    title: 'a request sent on to a server on this machine, 16 connections, against node:http + undici',
    bound: 'at least',
    value: 0.5,
    measured: (results) => throughput(results, 'proxy', 16, bare),
  },
  {
    key: 'proxyVsWasmtime',
    title: 'the same against wasmtime serve',
    bound: 'at least',
    value: 2,
    measured: (results) => throughput(results, 'proxy', 16, wasmtimeServe.name),
  },
  ...guestTargets,
  {
    key: 'memoryGrowth',
    title: 'memory after many requests against after few',
    bound: 'at most',
    value: 1.1,
    measured: (results) => memoryGrowth(results, ours),
  },
  {
    key: 'memoryGrowth3',
    title: 'the same, WASI 0.3',
    bound: 'at most',
    value: 1.1,
    measured: (results) => memoryGrowth(results, kvasi03),
  },
  {
    key: 'tailVsNode',
    title: 'kv GET, 1, 16 and 64 connections, 99th percentile, against node:http + Map',
    bound: 'at most',
    value: 1.5,
    measured: (results) => highest([1, 16, 64].map((connections) => tail(results, 'kv-get', connections))),
  },
  {
    key: 'body64kVsNode',
    title: 'a body of 64 KiB there and back, against node:http',
    bound: 'at least',
    value: 0.8,
    measured: (results) => throughput(results, 'body-64k', 16, bare),
  },
  {
    key: 'body10mVsNode',
    title: 'a body of 10 MiB there and back, against node:http',
    bound: 'at least',
    value: 0.9,
    measured: (results) => throughput(results, 'body-10m', 4, bare),
  },
  {
    key: 'body10mVsWasmtime',
    title: 'a body of 10 MiB there and back, against wasmtime serve',
    bound: 'at least',
    value: 0.6,
    measured: (results) => throughput(results, 'body-10m', 4, wasmtimeServe.name),
  },
  {
    key: 'bodyOutVsWasmtime',
    title: 'a body of 1 MiB out, against wasmtime serve',
    bound: 'at least',
    value: 1,
    measured: (results) => throughput(results, 'body-out', 16, wasmtimeServe.name),
  },
  {
    key: 'bigValueVsNode',
    title: 'kv GET of 64 KiB, 256 KiB and 1 MiB, against node:http + Map',
    bound: 'at least',
    value: 0.5,
    measured: (results) => lowest(bigValueWorkloads.map(({ name }) => throughput(results, name, 16, bare))),
  },
  {
    key: 'kvPostVsNode',
    title: 'kv POST in memory, against node:http + Map',
    bound: 'at least',
    value: 0.85,
    measured: (results) => throughput(results, 'kv-post', 16, bare),
  },
  {
    key: 'incrementVsNode',
    title: 'increment in memory, against node:http + Map',
    bound: 'at least',
    value: 0.75,
    measured: (results) => throughput(results, 'kv-increment', 16, bare),
  },
  {
    key: 'twentyVsNode',
    title: '20 operations in one request, in memory, against node:http + Map',
    bound: 'at least',
    value: 0.45,
    measured: (results) => throughput(results, 'kv-twenty', 16, bare),
  },
  {
    key: 'twentyVsWasmtime',
    title: '20 operations in one request, in memory, against wasmtime serve',
    bound: 'at least',
    value: 2.5,
    measured: (results) => throughput(results, 'kv-twenty', 16, wasmtimeServe.name),
  },
  {
    key: 'millionKeys',
    title: 'resident memory with 1,000,000 small keys in memory, in GB',
    bound: 'at most',
    value: 0.5,
    measured: ({ keys }) => {
      const measurement = keys?.measurements.find(({ label }) => label === ours);
      return measurement && spread([measurement.full / 1e9]);
    },
  },
];

export function isMet({ bound, value }: Target, measured: Spread): boolean {
  return bound === 'at least' ? measured.median >= value : measured.median <= value;
}

function memoryGrowth({ memory }: Results, label: string): Spread | undefined {
  const measurement = memory?.measurements.find((one) => one.label === label);
  return measurement && ratio([measurement.afterMany], [measurement.afterFew]);
}

function tail(results: Results, workload: string, connections: number): Spread | undefined {
  return ratio(
    loadRounds(results, workload, connections, ours, 'latency99'),
    loadRounds(results, workload, connections, bare, 'latency99'),
  );
}

function highest(spreads: readonly (Spread | undefined)[]): Spread | undefined {
  return spreads.reduce((a, b) =>
    a === undefined || b === undefined ? undefined : a.median >= b.median ? a : b,
  );
}
