import assert from 'node:assert/strict';
import { assertRefused, assertSame, type BlobCase, bytes, pattern } from './case.ts';

/** The largest end of a range. */
const end = 2n ** 64n - 1n;

export const objectCases: readonly BlobCase[] = [
  {
    name: 'what was written is read, of every size',
    async run(trial) {
      const { driver } = trial;
      const container = await trial.container();
      for (const size of [0, 1, 4096, 65_535, 131_072, 262_143, 262_144, 262_145, 524_288, 1_500_001]) {
        const id = { container, object: `o${size}` };
        await driver.put(id, [pattern(size)]);
        assertSame(await driver.get(id), pattern(size));
        const { size: told, created } = await driver.info(id);
        assert.equal(told, size);
        assert.ok(Math.abs(Date.now() - created) < 600_000, `it was written at ${created}`);
      }
    },
  },
  {
    name: 'what is written in parts is one object',
    async run(trial) {
      const id = { container: await trial.container(), object: 'k' };
      const whole = pattern(700_000);
      const ends = [1, 3, 1003, 301_003, 301_008, 563_152, whole.length];
      const parts = ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end));
      await trial.driver.put(id, parts);
      assertSame(await trial.driver.get(id), whole);
    },
  },
  {
    name: 'a range has its first and its last byte, and what lies behind the end is left out',
    async run(trial) {
      const id = { container: await trial.container(), object: 'k' };
      const whole = pattern(600_000);
      await trial.driver.put(id, [whole]);
      for (const [from, to] of [
        [0n, 0n],
        [1n, 1n],
        [0n, 599_999n],
        [599_999n, 599_999n],
        [262_143n, 262_144n],
        [131_071n, 400_000n],
        [10n, end],
        [599_999n, end],
        [600_000n, end],
        [600_001n, 700_000n],
        [2n ** 53n, end],
        [end, end],
        [5n, 4n],
        [end, 0n],
      ] as const) {
        const expected = to < from ? new Uint8Array() : whole.subarray(Number(from), Number(to) + 1);
        assertSame(await trial.driver.get(id, from, to), expected);
      }
    },
  },
  {
    name: 'a range of an empty object is empty',
    async run(trial) {
      const id = { container: await trial.container(), object: 'k' };
      await trial.driver.put(id, []);
      for (const to of [0n, 1n, end]) assertSame(await trial.driver.get(id, 0n, to), new Uint8Array());
    },
  },
  {
    name: 'the last write counts, whether it is longer or shorter',
    async run(trial) {
      const { driver } = trial;
      const container = await trial.container();
      for (const [index, size] of [10, 600_000, 0, 300_000, 7].entries()) {
        await driver.put({ container, object: 'k' }, [pattern(size, index)]);
        assertSame(await driver.get({ container, object: 'k' }), pattern(size, index));
        assert.equal((await driver.info({ container, object: 'k' })).size, size);
      }
      assert.deepEqual(await driver.list(container), ['k']);
    },
  },
  {
    name: 'a write that is given up leaves what was there',
    async run(trial) {
      const { driver } = trial;
      const container = await trial.container();
      const id = { container, object: 'k' };
      await driver.putInVain(id, [pattern(400_000)]);
      assert.equal(await driver.has(id), false);
      assert.deepEqual(await driver.list(container), []);
      await driver.put(id, [bytes('before')]);
      for (const size of [0, 1, 400_000]) await driver.putInVain(id, [pattern(size)]);
      assert.equal(String(await driver.get(id)), 'before');
      assert.equal((await driver.info(id)).size, 6);
    },
  },
  {
    name: 'an object that is not there can not be read, and can be deleted',
    async run(trial) {
      const { driver } = trial;
      const id = { container: await trial.container(), object: 'k' };
      await assertRefused(() => driver.get(id), 'no-such-object');
      await assertRefused(() => driver.info(id), 'no-such-object');
      assert.equal(await driver.has(id), false);
      await driver.delete(id.container, ['k']);
      await driver.delete(id.container, ['k', 'l', 'k']);
      await driver.delete(id.container, []);
    },
  },
  {
    name: 'what is deleted is gone, and nothing else',
    async run(trial) {
      const { driver } = trial;
      const container = await trial.container();
      for (const object of ['a', 'b', 'c', 'd/e', 'd/f']) {
        await driver.put({ container, object }, [bytes(object)]);
      }
      await driver.delete(container, ['a']);
      await driver.delete(container, ['c', 'd/e', 'nothing']);
      assert.deepEqual((await driver.list(container)).sort(), ['b', 'd/f']);
      assert.equal(await driver.has({ container, object: 'a' }), false);
      await assertRefused(() => driver.get({ container, object: 'c' }), 'no-such-object');
      assert.equal(String(await driver.get({ container, object: 'd/f' })), 'd/f');
    },
  },
  {
    name: 'a listing has each object once, however many there are',
    isLong: true,
    async run(trial) {
      const { driver } = trial;
      const container = await trial.container();
      const names = Array.from({ length: 1205 }, (_, index) => `n${index}`);
      for (let at = 0; at < names.length; at += 50) {
        await Promise.all(
          names.slice(at, at + 50).map((object) => driver.put({ container, object }, [bytes(object)])),
        );
      }
      assert.deepEqual((await driver.list(container)).sort(), [...names].sort());
    },
  },
  {
    name: 'of writes at once, one counts as a whole',
    async run(trial) {
      const { driver } = trial;
      const id = { container: await trial.container(), object: 'k' };
      const all = [1, 2, 3, 4].map((seed) => pattern(300_000 + seed, seed));
      await Promise.all(all.map((one) => driver.put(id, [one])));
      const read = await driver.get(id);
      assert.ok(
        all.some((one) => Buffer.compare(one, read) === 0),
        'it is none of those that were written',
      );
    },
  },
];
