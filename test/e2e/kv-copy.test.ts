import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runKvasi } from '../support/kvasi-in-process.ts';
import { main } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { rounds } from '../support/rounds.ts';
import { isInstalled, natsServer, redisServer, Server } from '../support/server.ts';

const keys = rounds.copiedKeys;
const hasServers = (await isInstalled(redisServer)) && (await isInstalled(natsServer));
const patience = { patience: 600_000 };

/** Text, bytes of every kind, nothing, and now and then a large value; keys that no backend can name as they are. */
function* lines(): Generator<string> {
  for (let index = 0; index < keys; index += 1) {
    const odd = ['', '/', ':', ' ', '..', 'ü', '*', '\n', '%3A', '.'][index % 10] ?? '';
    const key = `${odd}key${odd}${index}`;
    const size = index % 1000 === 0 ? 100_000 : index % 50;
    yield index % 3 === 0
      ? JSON.stringify({ key, value: `value ${index}` })
      : JSON.stringify({ key, base64: randomBytes(size).toString('base64') });
  }
}

/** What a bucket holds, whatever the order in which it lists its keys. */
async function digestOf(project: Project, backend: string): Promise<string> {
  const { code, stdout, stderr } = await runKvasi(['kv', 'export', 'b', '--backend', backend], {
    cwd: project.folder,
    mostOutput: 1_000_000_000,
    ...patience,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  // redis may list a key twice.
  const sorted = [...new Set(stdout.trimEnd().split('\n'))].toSorted();
  expect(sorted).toHaveLength(keys);
  return createHash('sha256').update(sorted.join('\n')).digest('hex');
}

/** Copies, is killed (SIGKILL) as soon as it has noted how far it is, and copies again. */
async function copyWithKill(project: Project, from: string, to: string): Promise<string> {
  const args = ['kv', 'copy', 'b', '--backend', from, '--to', to];
  const child = spawn(process.execPath, [main, ...args], { cwd: project.folder, stdio: 'ignore' });
  const exited = once(child, 'exit');
  let hasEnded = false;
  exited.then(() => {
    hasEnded = true;
  });
  const states = async () =>
    (await readdir(join(project.folder, '.kvasi', 'copy')).catch(() => [])).filter((name) =>
      name.endsWith('.json'),
    );
  while (!hasEnded && (await states()).length === 0) await sleep(2);
  child.kill('SIGKILL');
  await exited;
  expect(child.signalCode, 'it was killed in the middle').toBe('SIGKILL');
  const { code, stdout, stderr } = await runKvasi(args, { cwd: project.folder, ...patience });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(/keys of bucket 'b' in .* are in bucket 'b' in /);
  expect(await states(), 'nothing is left to go on with').toEqual([]);
  return stderr;
}

test.skipIf(!hasServers)(
  'keys go from filesystem to redis to nats to sqlite and back, byte for byte, each copy killed on its way',
  { timeout: 1_200_000 },
  async () => {
    await using redis = await Server.start(redisServer);
    await using nats = await Server.start(natsServer);
    await using project = await Project.create({ 'in.jsonl': [...lines()].join('\n') });
    const stores = [
      'filesystem:files',
      `redis://127.0.0.1:${redis.port}`,
      `nats://127.0.0.1:${nats.port}`,
      'sqlite:kv.db',
      'filesystem:back',
    ];
    const [first = '', ...rest] = stores;
    const imported = await runKvasi(['kv', 'import', 'b', 'in.jsonl', '--backend', first], {
      cwd: project.folder,
      ...patience,
    });
    expect(imported).toMatchObject({ code: 0 });
    const digest = await digestOf(project, first);
    for (const [index, to] of rest.entries()) {
      const from = stores[index] ?? '';
      const said = await copyWithKill(project, from, to);
      const isOrdered = !from.startsWith('redis:');
      expect(said).toMatch(
        isOrdered ? /going on after \d+000 keys/ : /lists its keys in no order, so all are copied/,
      );
      expect(await digestOf(project, to), `${from} to ${to}`).toBe(digest);
    }
  },
);

test('a copy goes to another bucket, of a prefix only, and not to itself', async () => {
  await using project = await Project.create({
    'in.jsonl': '{"key":"a1","value":"1"}\n{"key":"a2","value":"2"}\n{"key":"b","value":"3"}\n',
    '.wash/config.yaml':
      'dev:\n  keyvalue:\n    one: { backend: sqlite, path: kv.db }\n    two: { backend: sqlite, path: kv.db }\n',
  });
  const kv = (...args: string[]) => runKvasi(['kv', ...args], { cwd: project.folder });
  await kv('import', 'one', 'in.jsonl');
  expect((await kv('copy', 'one', '--to', 'two', '--prefix', 'a', '--json')).stdout).toBe('{"copied":2}\n');
  expect((await kv('list', 'two')).stdout).toBe('a1\na2\n');
  await kv('copy', 'one', '--to', 'sqlite:other.db', '--as', 'three');
  expect((await kv('list', 'three', '--backend', 'sqlite:other.db')).stdout).toBe('a1\na2\nb\n');
  expect(await kv('copy', 'one', '--to', 'one')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("can't be copied to itself"),
  });
  expect(await kv('copy', 'one', '--to', 'in_memory')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("bucket 'in_memory' is kept in the memory of kvasi dev"),
  });
});
