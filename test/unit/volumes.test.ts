import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Filesystem, filesystem } from '../../host/interfaces/filesystem/filesystem.ts';
import type { InputStream, OutputStream } from '../../host/interfaces/io/streams.ts';
import { Holdings } from '../../host/runtime/worker/holdings.ts';
import { Project } from '../support/project.ts';

/** The part of a descriptor that a guest uses here. */
interface Descriptor {
  openAt(pathFlags: object, path: string, openFlags: object, flags: object): Descriptor;
  readViaStream(offset: bigint): InputStream;
  writeViaStream(offset: bigint): OutputStream;
  appendViaStream(): OutputStream;
}

/** The folders that a guest is given, as its imports have them. */
async function directories(hostPath: string): Promise<[Descriptor, string][]> {
  return preopened(await filesystem([{ hostPath, guestPath: '/data' }]));
}

function preopened(made: Filesystem): [Descriptor, string][] {
  const { 'wasi:filesystem/preopens': preopens } = made(new Holdings());
  const { getDirectories } = preopens as { getDirectories(): [Descriptor, string][] };
  return getDirectories();
}

test('without volumes a component sees no folder', async () => {
  expect(preopened(await filesystem([]))).toEqual([]);
});

test('a component reads and writes the files of a volume through streams of wasi:io', async () => {
  await using project = await Project.create({ 'in.txt': 'from the host', 'out.txt': '' });
  const [[folder, path] = []] = await directories(project.folder);
  expect(path).toBe('/data');
  const input = folder?.openAt({}, 'in.txt', {}, { read: true }).readViaStream(5n);
  expect(Buffer.from((await input?.blockingRead(100n)) ?? []).toString()).toBe('the host');
  expect(() => input?.read(1n)).toThrow(expect.objectContaining({ tag: 'closed' }));
  const file = folder?.openAt({}, 'out.txt', {}, { read: true, write: true });
  await file?.writeViaStream(0n).blockingWriteAndFlush(Buffer.from('from the guest'));
  await file?.appendViaStream().blockingWriteAndFlush(Buffer.from(', twice'));
  expect(await readFile(join(project.folder, 'out.txt'), 'utf8')).toBe('from the guest, twice');
});

test('a path out of the volume leads nowhere', async () => {
  await using project = await Project.create({ secret: 'secret', 'data/file': '' });
  const [[folder] = []] = await directories(join(project.folder, 'data'));
  expect(() => folder?.openAt({}, '../secret', {}, { read: true })).toThrow();
  expect(() => folder?.openAt({}, join(project.folder, 'secret'), {}, { read: true })).toThrow();
});
