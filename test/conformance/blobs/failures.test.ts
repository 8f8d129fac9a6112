import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { BlobError, type ObjectId } from '../../../host/interfaces/blobstore/backends/backend.ts';
import { largestMemory, MemoryRoom } from '../../../host/interfaces/blobstore/backends/memory/memory-room.ts';
import type { Blobs } from '../../../host/interfaces/blobstore/backends/uniform-backend.ts';
import { partsOf } from '../../../host/interfaces/blobstore/copy-object.ts';
import { openBlobs } from '../../support/blob-stores.ts';
import { numberedBlob } from '../../support/numbered-blob.ts';
import { rounds } from '../../support/rounds.ts';
import { isInstalled, natsServer, Server, temporaryFolder } from '../../support/server.ts';

const run = promisify(execFile);
const writer = fileURLToPath(new URL('../../support/blob-writer.ts', import.meta.url));
const id = { container: 'c', object: 'k' };

async function put(store: Blobs, target: ObjectId, bytes: Uint8Array): Promise<void> {
  const upload = await store.write(target);
  try {
    await upload.write(Uint8Array.from(bytes));
    await upload.finish();
  } finally {
    await upload.abort();
  }
}

async function get(store: Blobs, source: ObjectId): Promise<Buffer> {
  const download = await store.read(source);
  const parts: Uint8Array[] = [];
  for await (const part of partsOf(download)) parts.push(part);
  download.close();
  return Buffer.concat(parts);
}

/** The case and text of what a store refuses. */
async function refusal(act: () => Promise<unknown>): Promise<BlobError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof BlobError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

test('what is left of an upload whose host was killed is removed by the next that writes, and no other', async () => {
  await using folder = await temporaryFolder('half');
  const path = join(folder.path, 'blobs');
  const temporary = join(path, '.kvasi/temporary');
  const uploads = async (): Promise<string[]> => {
    const found = await readdir(temporary, { recursive: true });
    return found.filter((name) => name.includes('/') || name.includes('\\'));
  };
  const write = async (): Promise<void> => {
    await using blobs = opened('filesystem', path);
    await put(await blobs.store(), { container: 'c', object: 'other' }, Buffer.from('whole'));
  };
  const child = spawn(process.execPath, [writer, 'filesystem', path, 'half'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const before = await uploads();
  expect(before).toHaveLength(1);
  await write();
  expect(await uploads()).toEqual(before);
  child.kill('SIGKILL');
  await once(child, 'close');
  await write();
  expect(await readdir(temporary)).toEqual([]);
});

describe.each(['filesystem', 'sqlite'] as const)('%s', (kind) => {
  test('kill -9 in the middle of writes loses none that was acknowledged and leaves no half', async () => {
    await using folder = await temporaryFolder('killed');
    const path = join(folder.path, 'blobs');
    const acknowledged = new Map<string, number>();
    let next = 0;
    for (let round = 0; round < rounds.killedWriters; round += 1) {
      const child = spawn(process.execPath, [writer, kind, path, String(next)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', (data: Buffer) => {
        output += data.toString();
      });
      while (!output.includes('\n')) await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      child.kill('SIGKILL');
      await once(child, 'close');
      for (const line of output.split('\n').slice(0, -1)) {
        const [object = '', number] = line.split(' ');
        acknowledged.set(object, Number(number));
        next = Number(number) + 2;
      }
      await using blobs = opened(kind, path);
      const store = await blobs.store();
      const listed: string[] = [];
      for await (const names of store.objects('c')) listed.push(...names);
      for (const [object, number] of acknowledged) {
        expect(listed.filter((one) => one === object)).toEqual([object]);
        const bytes = await get(store, { container: 'c', object });
        const found = Number(bytes.subarray(0, 10).toString());
        expect(found).toBeGreaterThanOrEqual(number);
        expect(bytes.equals(numberedBlob(found)), `${object} is whole`).toBe(true);
      }
    }
    expect(next).toBeGreaterThan(0);
  });

  test('on a full disk a write fails with quota-exceeded, and what was there stays', async (context) => {
    await using folder = await temporaryFolder('full');
    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder.path]);
    } catch {
      context.skip('no file system can be mounted here');
    }
    try {
      await using blobs = opened(kind, join(folder.path, 'blobs'));
      const store = await blobs.store();
      await store.createContainer('c');
      await put(store, id, Buffer.from('before'));
      await writeFile(join(folder.path, 'other'), Buffer.alloc(7 * 1024 * 1024));
      const error = await refusal(() => put(store, id, Buffer.alloc(9 * 1024 * 1024, 1)));
      expect(error).toMatchObject({ case: 'quota-exceeded', message: expect.stringMatching(/disk is full/) });
      expect(error.guestMessage).not.toContain(folder.path);
      expect(String(await get(store, id))).toBe('before');
      await rm(join(folder.path, 'other'));
      await expect
        .poll(() => put(store, { ...id, object: 'l' }, Buffer.alloc(1024 * 1024)).then(() => 'done', String))
        .toBe('done');
    } finally {
      await run('umount', [folder.path]);
    }
  });

  test('what is read stays what it was when it is replaced or deleted meanwhile', async () => {
    await using folder = await temporaryFolder('read');
    await using blobs = opened(kind, join(folder.path, 'blobs'));
    const store = await blobs.store();
    await store.createContainer('c');
    const [one, two] = [numberedBlob(1), numberedBlob(2)];
    await put(store, id, one);
    const downloads = [await store.read(id), await store.read(id)];
    const first = await Promise.all(downloads.map((download) => download.read()));
    await put(store, id, two);
    await store.delete('c', ['k']);
    await put(store, { ...id, object: 'l' }, two);
    await store.deleteContainer('c');
    for (const [index, download] of downloads.entries()) {
      const parts = [first[index] ?? new Uint8Array()];
      for await (const part of partsOf(download)) parts.push(part);
      download.close();
      expect(Buffer.concat(parts).equals(one)).toBe(true);
    }
  });

  test('two hosts see each other’s objects at once', async () => {
    await using folder = await temporaryFolder('hosts');
    await using one = opened(kind, join(folder.path, 'blobs'));
    await using two = opened(kind, join(folder.path, 'blobs'));
    const [first, second] = [await one.store(), await two.store()];
    await first.createContainer('c');
    for (let count = 0; count < 20; count += 1) {
      await put(count % 2 === 0 ? first : second, id, numberedBlob(count));
      const bytes = await get(count % 2 === 0 ? second : first, id);
      expect(bytes.equals(numberedBlob(count))).toBe(true);
    }
    expect((await refusal(() => second.createContainer('c'))).case).toBe('container-already-exists');
    await second.deleteContainer('c');
    expect(await first.containerExists('c')).toBe(false);
  });
});

test('files: links are not followed, and nothing is written outside of the root', async () => {
  await using folder = await temporaryFolder('links');
  const [root, outside] = [join(folder.path, 'blobs'), join(folder.path, 'outside')];
  await mkdir(join(root, 'c'), { recursive: true });
  await mkdir(outside);
  await writeFile(join(outside, 'secret'), 'secret');
  await symlink(join(outside, 'secret'), join(root, 'c', 'file'));
  await symlink(outside, join(root, 'c', 'folder'));
  await symlink(outside, join(root, 'linked'));
  await using blobs = opened('filesystem', root);
  const store = await blobs.store();
  for (const object of ['file', 'folder/secret']) {
    expect(await refusal(() => get(store, { container: 'c', object }))).toMatchObject({
      case: 'access-denied',
    });
  }
  expect(
    await refusal(() => put(store, { container: 'c', object: 'folder/new' }, Buffer.from('x'))),
  ).toMatchObject({
    case: 'access-denied',
  });
  expect(await refusal(() => get(store, { container: 'linked', object: 'secret' }))).toMatchObject({
    case: 'access-denied',
  });
  const names: string[] = [];
  for await (const some of store.objects('c')) names.push(...some);
  expect(names).toEqual([]);
  expect(await readdir(outside)).toEqual(['secret']);
});

test('files: what wash has written is read, and wash finds what was written', async () => {
  await using folder = await temporaryFolder('wash');
  await mkdir(join(folder.path, 'c', 'a'), { recursive: true });
  await writeFile(join(folder.path, 'c', 'a', 'b.txt'), 'of wash');
  await using blobs = opened('filesystem', folder.path);
  const store = await blobs.store();
  expect(await store.containers()).toEqual(['c']);
  expect(String(await get(store, { container: 'c', object: 'a/b.txt' }))).toBe('of wash');
  await put(store, { container: 'c', object: 'x/y' }, Buffer.from('of kvasi'));
  expect((await run('cat', [join(folder.path, 'c', 'x', 'y')])).stdout).toBe('of kvasi');
  await store.delete('c', ['x/y']);
  expect(await readdir(join(folder.path, 'c'))).toEqual(['a']);
});

test('sqlite: what is deleted makes room in the file', async () => {
  await using folder = await temporaryFolder('room');
  const path = join(folder.path, 'blobs.db');
  await using blobs = opened('sqlite', path);
  const store = await blobs.store();
  await store.createContainer('c');
  const { DatabaseSync } = await import('node:sqlite');
  const chunks = (): number => {
    using handle = new DatabaseSync(path, { readOnly: true });
    return Number(handle.prepare('SELECT count(*) AS count FROM chunks').get()?.count);
  };
  for (let count = 0; count < 5; count += 1) await put(store, id, Buffer.alloc(1_000_000, count));
  const upload = await store.write(id);
  await upload.write(new Uint8Array(1_000_000));
  await upload.abort();
  await store.copy(id, { ...id, object: 'l' });
  await expect.poll(chunks).toBe(4);
  await store.delete('c', ['k']);
  await put(store, { ...id, object: 'm' }, Buffer.alloc(10));
  await expect.poll(chunks).toBe(5);
  await store.deleteContainer('c');
  await expect.poll(chunks).toBe(0);
});

test('memory: all objects and uploads share one limit, and what is given up is free', async () => {
  const room = new MemoryRoom();
  room.takeForUpload(largestMemory - 10);
  const other = new MemoryRoom(room.total);
  expect(() => other.takeForUpload(11)).toThrow(/may take 1073741824 bytes in all/);
  other.takeForUpload(10);
  room.release();
  other.takeForUpload(largestMemory - 10);
  other.release();
  expect(Number(new BigInt64Array(room.total)[0])).toBe(0);
});

const hasNats = await isInstalled(natsServer);

describe.skipIf(!hasNats)('nats', () => {
  test('a server that is frozen is a timeout, one that is away is unavailable, and nothing half is seen', async () => {
    await using server = await Server.start(natsServer);
    await using blobs = disposable(openBlobs({ kind: 'nats', url: `nats://127.0.0.1:${server.port}` }, 1500));
    const store = await blobs.store();
    await store.createContainer('c');
    await put(store, id, Buffer.from('before'));
    const upload = await store.write(id);
    await upload.write(new Uint8Array(400_000));
    await server.freeze(true);
    expect(await refusal(() => upload.write(new Uint8Array(400_000)))).toMatchObject({ case: 'timeout' });
    await server.freeze(false);
    await upload.abort();
    await expect.poll(() => get(store, id).then(String, String)).toBe('before');
    const second = await store.write(id);
    await second.write(new Uint8Array(400_000));
    await server.kill();
    expect((await refusal(() => second.write(new Uint8Array(400_000)))).case).toMatch(
      /^(store-unavailable|timeout)$/,
    );
    expect((await refusal(() => get(store, id))).case).toMatch(/^(store-unavailable|timeout)$/);
    await server.restart();
    await expect.poll(() => get(store, id).then(String, String), { timeout: 8000 }).toBe('before');
    await put(store, id, Buffer.from('after'));
    expect(String(await get(store, id))).toBe('after');
  });

  test('other clients of NATS read what was written, and what they write is read', async () => {
    await using server = await Server.start(natsServer);
    const url = `nats://127.0.0.1:${server.port}`;
    await using blobs = disposable(openBlobs({ kind: 'nats', url }));
    const store = await blobs.store();
    await store.createContainer('c');
    const { connect } = await import('@nats-io/transport-node');
    const { jetstream } = await import('@nats-io/jetstream');
    const { Objm } = await import('@nats-io/obj');
    const client = await connect({ servers: url });
    try {
      const objects = await new Objm(jetstream(client)).open('c');
      await put(store, { container: 'c', object: 'a/b.txt' }, numberedBlob(3));
      expect(Buffer.from((await objects.getBlob('a/b.txt')) ?? []).equals(numberedBlob(3))).toBe(true);
      await objects.putBlob({ name: 'theirs' }, numberedBlob(4));
      expect((await get(store, { container: 'c', object: 'theirs' })).equals(numberedBlob(4))).toBe(true);
      await store.delete('c', ['theirs']);
      expect(await objects.getBlob('theirs')).toBeNull();
      expect((await objects.list()).map(({ name }) => name)).toEqual(['a/b.txt']);
    } finally {
      await client.close();
    }
  });
});

function opened(kind: 'filesystem' | 'sqlite', path: string) {
  return disposable(openBlobs({ kind, path }));
}

function disposable(blobs: ReturnType<typeof openBlobs>) {
  return { store: blobs.store, [Symbol.asyncDispose]: () => blobs.close() };
}
