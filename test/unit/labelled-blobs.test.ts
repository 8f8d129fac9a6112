import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Blobs } from '../../host/interfaces/blobstore/backends/uniform-backend.ts';
import { partsOf, writeObject } from '../../host/interfaces/blobstore/copy-object.ts';
import { ThreadBlobs } from '../../host/interfaces/blobstore/thread-blobs.ts';
import { Project } from '../support/project.ts';

const decoder = new TextDecoder();

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

async function textOf(store: Blobs, container: string, object: string): Promise<string> {
  let text = '';
  for await (const part of partsOf(await store.read({ container, object }))) text += decoder.decode(part);
  return text;
}

test('containers of several stores are in one list, and objects go from one store to another', async () => {
  await using project = await Project.create();
  const blobs = new ThreadBlobs(
    {
      kind: 'sqlite',
      path: join(project.folder, 'blobs.db'),
      labels: new Map([['assets', { kind: 'filesystem', path: join(project.folder, 'assets') }]]),
    },
    undefined,
    { now: Date.now, operationTimeout: 5000, tell: () => {} },
  );
  try {
    const store = await blobs.store();
    for (const container of ['c', '@assets/c', '@none/c']) await store.createContainer(container);
    expect(await store.containers()).toEqual(['@assets/c', '@none/c', 'c']);
    await writeObject(store, { container: '@assets/c', object: 'o' }, bytesOf('text'));
    expect(await store.hasObject({ container: 'c', object: 'o' })).toBe(false);

    await store.copy({ container: '@assets/c', object: 'o' }, { container: 'c', object: 'copy' });
    await store.move({ container: '@assets/c', object: 'o' }, { container: 'c', object: 'moved' });
    expect(await store.hasObject({ container: '@assets/c', object: 'o' })).toBe(false);
    expect(await textOf(store, 'c', 'copy')).toBe('text');
    expect(await textOf(store, 'c', 'moved')).toBe('text');
    await expect(
      store.move({ container: '@assets/c', object: 'o' }, { container: 'c', object: 'moved' }),
    ).rejects.toThrow('no object');
    expect(await textOf(store, 'c', 'moved')).toBe('text');

    // Whoever has no label does not come there by a name.
    const unlabelled = await blobs.storeOf(undefined);
    await expect(unlabelled.createContainer('@assets/d')).rejects.toThrow(
      'is reached through the import with its label alone',
    );
    await expect(
      unlabelled.copy({ container: 'c', object: 'copy' }, { container: '@assets/c', object: 'o' }),
    ).rejects.toThrow('is reached through the import with its label alone');
    expect(await unlabelled.containers()).toEqual(['@none/c', 'c']);
  } finally {
    await blobs.close();
  }
});
