import assert from 'node:assert/strict';
import { assertRefused, type BlobCase, bytes } from './case.ts';

/** Names that stores are tempted to take for something else. */
const names: readonly string[] = [
  '',
  '.',
  '..',
  '/',
  '//',
  'a',
  'A',
  'a/',
  '/a',
  'a/b',
  'a//b',
  'a/./b',
  'a/../b',
  '../a',
  '../../etc/passwd',
  '/etc/passwd',
  'a\0b',
  '\0',
  '\0a',
  'a\nb',
  'a\\b',
  'C:\\a',
  'con',
  'a.',
  'a ',
  ' ',
  '*',
  '>',
  'a.b.c',
  '%2e%2e',
  '=41',
  '.kvasi',
  '.kvasi/a',
  'é',
  'e\u0301',
  'ß',
  '\u{1f600}',
  '\ufffd',
  '\ufeff',
  'x'.repeat(255),
  'x'.repeat(256),
  'ü'.repeat(500),
  `${'y/'.repeat(400)}y`,
  'z'.repeat(2048),
];

export const nameCases: readonly BlobCase[] = [
  {
    name: 'every text is the name of an object, and of one only',
    async run(trial) {
      const { driver } = trial;
      const container = await trial.container();
      for (const object of names) await driver.put({ container, object }, [bytes(`of ${object}`)]);
      assert.deepEqual((await driver.list(container)).sort(), [...names].sort());
      for (const object of names) {
        assert.equal(String(await driver.get({ container, object })), `of ${object}`);
        assert.equal((await driver.info({ container, object })).size, Buffer.byteLength(`of ${object}`));
      }
      for (const [index, object] of names.entries()) {
        await driver.delete(container, [object]);
        assert.equal(await driver.has({ container, object }), false, object);
        const left = names.length - index - 1;
        // A store may take as long for a list as for all that is in it.
        if (left % 8 === 0) assert.equal((await driver.list(container)).length, left, object);
      }
    },
  },
  {
    name: 'every text is the name of a container, and of one only',
    isLong: true,
    async run(trial) {
      const { driver } = trial;
      const endings = names.filter((name) => Buffer.byteLength(name) < 2000);
      const containers = endings.map((ending) => trial.freshName(ending));
      for (const container of containers) await driver.createContainer(container);
      for (const container of containers) await driver.put({ container, object: 'k' }, [bytes(container)]);
      for (const container of containers) {
        assert.equal(String(await driver.get({ container, object: 'k' })), container);
        await driver.deleteContainer(container);
        assert.equal(await driver.containerExists(container), false);
      }
    },
  },
  {
    name: 'an object may have the name of a folder of another one',
    async run(trial) {
      const { driver } = trial;
      const container = await trial.container();
      for (const order of [
        ['a', 'a/b', 'a/b/c'],
        ['x/y/z', 'x/y', 'x'],
      ]) {
        for (const object of order) await driver.put({ container, object }, [bytes(`1 ${object}`)]);
        for (const object of order) await driver.put({ container, object }, [bytes(`2 ${object}`)]);
        for (const object of order) {
          assert.equal(String(await driver.get({ container, object })), `2 ${object}`);
        }
        assert.deepEqual((await driver.list(container)).sort(), [...order].sort());
        await driver.delete(container, order.slice(0, 1));
        for (const object of order.slice(1)) await driver.put({ container, object }, [bytes(`3 ${object}`)]);
        assert.deepEqual((await driver.list(container)).sort(), order.slice(1).sort());
        await driver.clear(container);
      }
    },
  },
  {
    name: 'a name that is too long is refused',
    async run(trial) {
      const { driver } = trial;
      const container = await trial.container();
      const long = 'x'.repeat(10_240);
      const told = /10240 bytes; at most 2048/;
      await assertRefused(() => driver.put({ container, object: long }, [bytes('v')]), 'other', told);
      await assertRefused(() => driver.has({ container, object: long }), 'other', told);
      await assertRefused(() => driver.createContainer(long), 'other', told);
      await assertRefused(() => driver.containerExists(long), 'other', told);
      assert.deepEqual(await driver.list(container), []);
    },
  },
];
