import assert from 'node:assert/strict';
import { allKeys, keyPages } from '../backends/all-keys.ts';
import type { Bucket } from '../backends/backend.ts';
import { deleteMany, setMany } from '../backends/bucket-defaults.ts';
import { pageSize } from '../backends/limits.ts';
import { bytes, inByteOrder, keysOf, pagesOf } from './bucket-contents.ts';
import type { Case, Group } from './case.ts';
import { assertTells, refusal } from './refusal.ts';
import type { Trial } from './trial.ts';

const counts = [0, 1, pageSize - 1, pageSize, pageSize + 1, 10_000];

export const listing: Group = {
  name: 'listing',
  cases: [
    ...counts.map(
      (count): Case => ({
        name: `${count} keys are listed in full`,
        async run(trial) {
          const { bucket, keys } = await filled(trial, count);
          const pages = await pagesOf(bucket);
          for (const page of pages) assert.equal(new Set(page).size, page.length, 'a page repeats a key');
          assertSameKeys(pages.flat(), keys, trial);
        },
      }),
    ),
    {
      name: 'keys that stay are listed while others come and go between the pages',
      async run(trial) {
        const { bucket, keys } = await filled(trial, 2500);
        let round = 0;
        const listed = await follow(bucket, undefined, async () => {
          await bucket.set(`added ${round}`, bytes('v'));
          await bucket.delete(`key ${round}`);
          round += 1;
        });
        assertNoneMissing(listed, keys.slice(round));
        if (isOrdered(trial)) assert.equal(new Set(listed).size, listed.length, 'a key came twice');
      },
    },
    {
      name: 'only keys with a prefix are listed when asked for, on several pages',
      uses: ['settings'],
      async run(trial) {
        const bucket = await trial.freshBucket({ prefix: 'p?*' });
        const wanted = Array.from({ length: pageSize + 1 }, (_, index) => `b*/${index}`);
        const others = ['', 'a', 'b', 'b*', 'b*.', 'b*0', 'bc/', 'c', 'é'];
        await setMany(
          bucket,
          [...wanted, ...others, 'b*/'].map((key) => [key, bytes('v')] as const),
        );
        assert.deepEqual(await keysWith(bucket, 'b*/'), inByteOrder([...wanted, 'b*/']));
        const sevens = inByteOrder(wanted.filter((key) => key.startsWith('b*/7')));
        assert.deepEqual(await keysWith(bucket, 'b*/7'), sevens);
        assert.deepEqual(await keysWith(bucket, 'é'), ['é']);
        assert.deepEqual(await keysWith(bucket, 'nothing'), []);
        if (isOrdered(trial)) assert.equal((await bucket.listKeys(undefined, 'b*/7')).keys[0], 'b*/7');
      },
    },
    {
      name: 'the time of the last write is told where it is known',
      uses: ['settings'],
      async run(trial) {
        const bucket = await trial.freshBucket({ ttl: 3_600_000 });
        assert.equal(await bucket.written?.('k'), undefined);
        const before = trial.clock.now();
        await bucket.set('k', bytes('v'));
        const after = trial.clock.now();
        const written = await bucket.written?.('k');
        if (written === undefined) return;
        assert.ok(written >= Math.floor(before) - 1, 'it was written earlier');
        assert.ok(written <= Math.ceil(after) + 1, 'it was written later');
        trial.clock.advance(3_600_001);
        assert.equal(await bucket.written?.('k'), undefined);
      },
    },
    {
      name: 'the key that a cursor stands at may be deleted',
      async run(trial) {
        const { bucket, keys } = await filled(trial, pageSize + 10);
        const first = await bucket.listKeys(undefined);
        await deleteMany(bucket, first.keys);
        const listed = first.cursor === undefined ? [] : await follow(bucket, first.cursor, async () => {});
        assertNoneMissing([...first.keys, ...listed], keys);
      },
    },
    {
      name: 'a cursor that was not given out is refused',
      uses: ['text cursors'],
      async run(trial) {
        const bucket = await trial.freshBucket();
        assertTells(await refusal(() => bucket.listKeys('no cursor')), 'cursor');
        assertTells(await refusal(() => bucket.listKeys('')), 'cursor');
      },
    },
    {
      name: 'deleted keys are not listed',
      async run(trial) {
        const { bucket } = await filled(trial, 3);
        await bucket.delete('key 1');
        assert.deepEqual(await keysOf(bucket), ['key 0', 'key 2']);
      },
    },
  ],
};

async function filled(trial: Trial, count: number): Promise<{ bucket: Bucket; keys: string[] }> {
  const bucket = await trial.freshBucket();
  const keys = Array.from({ length: count }, (_, index) => `key ${index}`);
  for (let at = 0; at < count; at += 500) {
    await setMany(
      bucket,
      keys.slice(at, at + 500).map((key) => [key, bytes('v')] as const),
    );
  }
  return { bucket, keys };
}

/** The keys of the pages from a cursor on, with something done after each. */
async function follow(
  bucket: Bucket,
  start: string | undefined,
  afterPage: () => Promise<void>,
): Promise<string[]> {
  const listed: string[] = [];
  for await (const { keys } of keyPages((cursor) => bucket.listKeys(cursor), start)) {
    listed.push(...keys);
    await afterPage();
  }
  return listed;
}

/** The keys with a prefix, in byte order; the store may answer others as well. */
async function keysWith(bucket: Bucket, prefix: string): Promise<string[]> {
  const found = new Set<string>();
  for await (const key of allKeys(bucket, prefix)) found.add(key);
  return inByteOrder([...found]);
}

function isOrdered(trial: Trial): boolean {
  return trial.capabilities.listing === 'ordered';
}

function assertSameKeys(listed: readonly string[], keys: readonly string[], trial: Trial): void {
  assertNoneMissing(listed, keys);
  const expected = inByteOrder(keys);
  const found = isOrdered(trial) ? listed : inByteOrder([...new Set(listed)]);
  const at = found.findIndex((key, index) => key !== expected[index]);
  if (at >= 0) assert.deepEqual(found.slice(at, at + 5), expected.slice(at, at + 5), `from the key ${at} on`);
}

/** In full a list of ten thousand keys is no help. */
function assertNoneMissing(listed: readonly string[], keys: readonly string[]): void {
  const there = new Set(listed);
  const missing = keys.filter((key) => !there.has(key));
  const some = missing.slice(0, 5).join(', ');
  assert.ok(
    missing.length === 0,
    `${missing.length} of ${keys.length} keys were not listed, such as ${some}`,
  );
}
