import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askFor } from '../ask.ts';
import { componentPath } from '../build.ts';
import { buildGuest } from '../guests/build-guest.ts';
import { isNatsInstalled, startNats } from '../nats.ts';
import { isRedisInstalled, startRedis } from '../redis.ts';
import { withAssets } from '../with-assets.ts';
import { fillKeys } from '../workloads/key-counts.ts';
import { getRequest, setRequest, store } from '../workloads/keyvalue.ts';
import type { Point, Served, Sweep } from './sweep.ts';

const kib = 1024;
const mib = 1024 * kib;
/** How long the answers of a store that is far away take, in milliseconds. */
const far = 20;

const increment = { method: 'GET', path: '/increment?key=counter' } as const;
const hello = { method: 'GET', path: '/' } as const;

/** All sweeps. What they start ends with `owner`. @param scratch a folder for what they make */
export async function allSweeps(scratch: string, owner: AsyncDisposableStack): Promise<Sweep[]> {
  const bench = componentPath('bench');
  const inMemory: Served = { file: bench, prepare: store };
  const stores = await storesOf(owner);
  return [
    {
      name: 'connections',
      title: 'kv GET in memory, by connections',
      points: [1, 4, 16, 64, 256, 1000, 4000].map((connections) => ({
        label: `${connections}`,
        served: inMemory,
        load: { request: getRequest, connections },
      })),
    },
    ...stores.map(({ name, title, served, missing }) => ({
      name: `${name}-connections`,
      title: `kv GET, ${title}, by connections`,
      ...(missing === undefined ? {} : { missing }),
      points: [1, 4, 16, 64, 256, 1000].map((connections) => ({
        label: `${connections}`,
        served,
        load: { request: getRequest, connections },
      })),
    })),
    ...stores.map(({ name, title, served, missing }) => ({
      name: `${name}-writes`,
      title: `set and increment, ${title}, by connections`,
      ...(missing === undefined ? {} : { missing }),
      points: [setRequest, increment].flatMap((request) =>
        [16, 64, 256].map((connections) => ({
          label: `${request.path.split('?')[0]} ${connections}`,
          served,
          load: { request, connections },
        })),
      ),
    })),
    {
      name: 'keys',
      title: 'kv GET in memory, by keys',
      points: [1, 1_000, 10_000, 100_000, 1_000_000].map((keys) => ({
        label: keys.toLocaleString('en'),
        served: { file: bench, prepare: (url) => fillKeys(url, Math.max(1000, keys)) },
        load: { request: { method: 'GET', path: '/get?key=key-0000000' }, connections: 16 },
      })),
    },
    {
      name: 'values',
      title: 'kv GET in memory, by bytes of the value',
      points: [1, 64, kib, 4 * kib, 16 * kib, 64 * kib, 256 * kib, mib, 4 * mib, 16 * mib].map((bytes) => ({
        label: sizeText(bytes),
        served: {
          file: bench,
          prepare: async (url) => {
            const value = 'v'.repeat(bytes);
            await askFor(`${url}/set`, 'POST', JSON.stringify({ key: 'mykey', value }));
          },
        },
        load: { request: getRequest, connections: 16 },
        work: bytes,
      })),
    },
    {
      name: 'static-data',
      title: 'hello, by static data of the component',
      points: await Promise.all(
        [0, 256 * kib, mib, 2 * mib, 4 * mib, 8 * mib, 20 * mib].map((bytes) => assetsPoint(bytes, scratch)),
      ),
    },
    {
      name: 'memory',
      title: 'a request that takes memory, by how much',
      points: [1, 2, 4, 8, 16, 32, 64, 256].map((amount) => ({
        label: `${amount} MiB`,
        served: { file: componentPath('misbehave'), args: ['--limit', 'memory=512MiB'] },
        load: { request: { method: 'GET', path: `/memory?mib=${amount}&ms=0` }, connections: 4 },
        work: amount,
      })),
    },
    {
      name: 'bodies',
      title: 'a body there and back, by bytes',
      points: [1, kib, 8 * kib, 32 * kib, 64 * kib, 256 * kib, mib, 10 * mib].map((bytes) => ({
        label: sizeText(bytes),
        served: { file: componentPath('misbehave') },
        load: { request: { method: 'POST', path: '/echo', body: Buffer.alloc(bytes, 'b') }, connections: 16 },
        work: bytes,
      })),
    },
    {
      name: 'threads',
      title: 'a request that computes for 5 ms, by threads',
      points: [1, 2].map((threads) => ({
        label: `${threads}`,
        served: { file: componentPath('misbehave'), args: ['--threads', `${threads}`] },
        load: { request: { method: 'GET', path: '/compute?ms=5' }, connections: 16 },
      })),
    },
    {
      name: 'languages',
      title: 'kv GET in memory, by language and version of WASI',
      points: await languagePoints(scratch),
    },
    ...stores.map(({ name, title, served, missing }) => ({
      name: `${name}-seconds`,
      title: `kv GET, ${title}, 256 connections, the first seconds after a start`,
      ...(missing === undefined ? {} : { missing }),
      points: Array.from({ length: 10 }, (_, second) => ({
        label: `second ${second + 1}`,
        served,
        load: { request: getRequest, connections: 256 },
        isCold: true,
      })),
    })),
  ];
}

interface Store {
  readonly name: string;
  readonly title: string;
  readonly served: Served;
  readonly missing?: string;
}

async function storesOf(owner: AsyncDisposableStack): Promise<Store[]> {
  const at = (backend: string): Served => ({
    file: componentPath('bench'),
    args: ['--backend', backend],
    prepare: store,
  });
  const stores: Store[] = [
    { name: 'sqlite', title: 'SQLite', served: at('sqlite') },
    { name: 'files', title: 'files', served: at('filesystem') },
  ];
  if (await isRedisInstalled()) {
    stores.push({ name: 'redis', title: 'Redis', served: at(await startRedis(0, owner)) });
    const served = at(await startRedis(far, owner));
    stores.push({ name: 'redis-far', title: `Redis ${far} ms away`, served });
  } else stores.push(absent('redis', 'redis-server'));
  if (await isNatsInstalled()) {
    stores.push({ name: 'nats', title: 'NATS', served: at(await startNats(owner)) });
  } else stores.push(absent('nats', 'nats-server'));
  return stores;
}

function absent(name: string, program: string): Store {
  return { name, title: name, served: { file: '' }, missing: `${program} is not installed` };
}

async function assetsPoint(bytes: number, scratch: string): Promise<Point> {
  const file = join(scratch, `assets-${bytes}.wasm`);
  await writeFile(file, withAssets(Uint8Array.from(await readFile(componentPath('hello'))), bytes));
  return { label: sizeText(bytes), served: { file }, load: { request: hello, connections: 16 } };
}

async function languagePoints(scratch: string): Promise<Point[]> {
  const point = (label: string, file: string): Point => ({
    label,
    served: { file, prepare: store },
    load: { request: getRequest, connections: 16 },
  });
  const points = [point('Rust', componentPath('bench'))];
  for (const language of ['javascript', 'python', 'python-async'] as const) {
    const file = await buildGuest(language, scratch);
    if (file !== undefined) points.push(point(language, file));
  }
  return points;
}

function sizeText(bytes: number): string {
  if (bytes >= mib) return `${bytes / mib} MiB`;
  return bytes >= kib ? `${bytes / kib} KiB` : `${bytes} B`;
}
