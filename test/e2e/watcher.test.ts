import { readFile } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';
import { isInstalled, redisServer, Server } from '../support/server.ts';

const files = { 'watcher.wasm': await readFile(component('watching/watcher', 'watcher')) };
const hasRedis = await isInstalled(redisServer);

/** Two hosts of one project, of which the first watches. */
async function twoHosts(backend: string) {
  const stack = new AsyncDisposableStack();
  const config = (watches: string) => `
dev:
  component_path: watcher.wasm
  keyvalue:
    default: { ${backend} }
workload:
  config: { watches: "${watches}" }
`;
  const project = stack.use(await Project.create({ ...files, '.wash/config.yaml': config('visits') }));
  const watching = stack.use(await KvasiDev.start([], { cwd: project.folder }));
  await project.write('other.yaml', config('unwatched'));
  const other = stack.use(await KvasiDev.start(['--config', 'other.yaml'], { cwd: project.folder }));
  return { watching, other, [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose]() };
}

test('a component is told what another host has changed, and that gets a line like requests', async () => {
  await using hosts = await twoHosts('backend: sqlite, path: kv.db');
  const { watching, other } = hosts;
  expect(await other.text('/set?bucket=visits&key=k&value=1')).toBe('stored');
  await watching.until(/^key {3}set visits k → main {2}ok {2}\S+ ?\S* {2}.*set noted\/last:k/m);
  expect(await other.text('/get?bucket=noted&key=last:k')).toBe('1');
  expect(await other.text('/delete?bucket=visits&key=k')).toBe('deleted');
  await watching.until(/^key {3}delete visits k → main {2}ok/m);
  expect(await other.text('/get?bucket=noted&key=last:k')).toBe('gone');
  await other.text('/set?bucket=visits&key=stumble&value=1');
  await watching.until(
    /key {3}set visits stumble → main {2}failed .*\(the component trapped: unreachable\)\n {4}at .*stumble/,
  );
  expect(await watching.text('/get?bucket=visits&key=stumble')).toBe('1');
});

test.runIf(hasRedis)('so it is with Redis, once that tells of changes', async () => {
  await using server = await Server.start(redisServer);
  await using hosts = await twoHosts(`backend: redis, url: "redis://127.0.0.1:${server.port}"`);
  const { watching, other } = hosts;
  await watching.until(
    /main watches bucket 'visits': redis at \S+ does not tell of all changes .*CONFIG SET/,
  );
  const raw = new Redis(server.port, '127.0.0.1');
  await raw.config('SET', 'notify-keyspace-events', 'KA');
  await other.text('/set?bucket=visits&key=k&value=1&ttl=1500');
  await watching.until(/^key {3}set visits k → main {2}ok/m);
  await watching.until(/^key {3}delete visits k → main {2}ok/m);
  await raw.set('visits:raw', 'by hand');
  await watching.until(/^key {3}set visits raw → main {2}ok/m);
  expect(await other.text('/get?bucket=noted&key=last:raw')).toBe('by hand');
  await raw.quit();
});

test('--json has a line for each, and a component that names no bucket is warned of', async () => {
  const config = 'dev: { component_path: watcher.wasm }\nworkload: { config: { watches: visits } }\n';
  await using project = await Project.create({ ...files, '.wash/config.yaml': config });
  await using kvasi = await KvasiDev.start(['--json'], { cwd: project.folder });
  await kvasi.text('/set?bucket=visits&key=k&value=12');
  const line = await kvasi.until(/^.*"event":"change".*$/m);
  expect(JSON.parse(line)).toMatchObject({
    ...{ event: 'change', component: 'main', bucket: 'visits', key: 'k', change: 'set', size: 2 },
    failure: null,
    operations: expect.arrayContaining([expect.objectContaining({ op: 'get', bucket: 'visits', key: 'k' })]),
  });
  await project.write('none.yaml', 'dev: { component_path: watcher.wasm }\n');
  await using other = await KvasiDev.start(['--json', '--config', 'none.yaml'], { cwd: project.folder });
  await other.until(/exports a watcher and watches nothing/);
});
