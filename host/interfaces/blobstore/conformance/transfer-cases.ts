import assert from 'node:assert/strict';
import { assertRefused, assertSame, type BlobCase, bytes, pattern } from './case.ts';

export const transferCases: readonly BlobCase[] = [
  {
    name: 'a copy is another object, in whatever container',
    async run(trial) {
      const { driver } = trial;
      const [one, two] = [await trial.container(), await trial.container()];
      const whole = pattern(600_000);
      await driver.put({ container: one, object: 'k' }, [whole]);
      const targets = [
        { container: one, object: 'l' },
        { container: two, object: 'k' },
        { container: two, object: 'a/b' },
        { container: two, object: '../c' },
      ];
      for (const target of targets) await driver.copy({ container: one, object: 'k' }, target);
      await driver.put({ container: one, object: 'k' }, [bytes('other')]);
      await driver.delete(one, ['l']);
      for (const target of targets.slice(1)) assertSame(await driver.get(target), whole);
      assert.equal(String(await driver.get({ container: one, object: 'k' })), 'other');
    },
  },
  {
    name: 'a move takes the object away from where it was',
    async run(trial) {
      const { driver } = trial;
      const [one, two] = [await trial.container(), await trial.container()];
      const whole = pattern(600_000);
      const moves = ['k', 'a/b', '../c', 'a', 'd'].map((object) => ({ container: two, object }));
      let source = { container: one, object: 'first' };
      await driver.put(source, [whole]);
      for (const target of moves) {
        await driver.move(source, target);
        assert.equal(await driver.has(source), false);
        assertSame(await driver.get(target), whole);
        source = target;
      }
      assert.deepEqual(await driver.list(one), []);
      assert.deepEqual(await driver.list(two), ['d']);
    },
  },
  {
    name: 'a copy or move replaces its target',
    async run(trial) {
      const { driver } = trial;
      const container = await trial.container();
      await driver.put({ container, object: 'a' }, [bytes('new')]);
      await driver.put({ container, object: 'b' }, [pattern(300_000)]);
      await driver.put({ container, object: 'c' }, [pattern(300_000)]);
      await driver.copy({ container, object: 'a' }, { container, object: 'b' });
      await driver.move({ container, object: 'a' }, { container, object: 'c' });
      for (const object of ['b', 'c']) assert.equal(String(await driver.get({ container, object })), 'new');
      assert.deepEqual((await driver.list(container)).sort(), ['b', 'c']);
    },
  },
  {
    name: 'what is not there can not be copied or moved, and its target stays',
    async run(trial) {
      const { driver } = trial;
      const container = await trial.container();
      const target = { container, object: 'b' };
      await driver.put(target, [bytes('v')]);
      const source = { container, object: 'a' };
      await assertRefused(() => driver.copy(source, target), 'no-such-object');
      await assertRefused(() => driver.move(source, target), 'no-such-object');
      await assertRefused(() => driver.move(source, source), 'no-such-object');
      assert.equal(String(await driver.get(target)), 'v');
    },
  },
  {
    name: 'an object that is copied or moved to itself stays',
    async run(trial) {
      const { driver } = trial;
      const id = { container: await trial.container(), object: 'k' };
      await driver.put(id, [pattern(300_000)]);
      await driver.copy(id, id);
      await driver.move(id, id);
      assertSame(await driver.get(id), pattern(300_000));
    },
  },
];
