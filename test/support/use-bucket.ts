import { StoreError } from '../../host/interfaces/keyvalue/backends/backend.ts';
import { filesystem } from '../../host/interfaces/keyvalue/backends/filesystem/filesystem.ts';
import { sqlite } from '../../host/interfaces/keyvalue/backends/sqlite/sqlite.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';

/** Uses a bucket and prints what each operation answered: `BACKEND PATH`. */
const [name, path = ''] = process.argv.slice(2);
const context = { now: Date.now, operationTimeout: 1000, tell: () => {} };
const store = await connectDefinition(name === 'sqlite' ? sqlite : filesystem, { path }, context);
const said: Record<string, string> = {};

async function say(what: string, act: () => unknown): Promise<void> {
  try {
    said[what] = JSON.stringify(await act()) ?? 'done';
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    said[what] = error.message;
    said[`${what}, to the guest`] = error.guestMessage;
  }
}

await say('open', async () => {
  const bucket = await store.open('b', {});
  await say('get', async () => Buffer.from((await bucket.get('k')) ?? []).toString());
  await say('list', async () => (await bucket.listKeys(undefined)).keys);
  await say('version', async () => (await bucket.getVersioned('k')).value !== undefined);
  await say('set', () => bucket.set('k', Buffer.from('new')));
  await say('delete', () => bucket.delete('k'));
  await say('increment', async () => String(await bucket.increment('n', 1n, 's64')));
});
await say('other bucket', async () => (await (await store.open('c', {})).listKeys(undefined)).keys);
await store.close();
process.stdout.write(JSON.stringify(said));
