import assert from 'node:assert/strict';
import { assertRefused, type BlobCase, bytes } from './case.ts';

export const containerCases: readonly BlobCase[] = [
  {
    name: 'a container is there from its creation to its deletion',
    async run(trial) {
      const { driver } = trial;
      const name = trial.freshName();
      assert.equal(await driver.containerExists(name), false);
      await driver.createContainer(name);
      assert.equal(await driver.containerExists(name), true);
      assert.deepEqual(await driver.list(name), []);
      const age = Date.now() - (await driver.containerCreated(name));
      assert.ok(age > -60_000 && age < 600_000, `it was made ${age} ms ago`);
      await driver.deleteContainer(name);
      assert.equal(await driver.containerExists(name), false);
    },
  },
  {
    name: 'a container that is there can not be created',
    async run(trial) {
      const name = await trial.container();
      await trial.driver.put({ container: name, object: 'k' }, [bytes('v')]);
      await assertRefused(() => trial.driver.createContainer(name), 'container-already-exists');
      assert.deepEqual(await trial.driver.list(name), ['k']);
    },
  },
  {
    name: 'nothing can be done with a container that is not there',
    async run(trial) {
      const { driver } = trial;
      const name = trial.freshName();
      const there = { container: await trial.container(), object: 'k' };
      await driver.put(there, [bytes('v')]);
      const id = { container: name, object: 'k' };
      for (const act of [
        () => driver.deleteContainer(name),
        () => driver.containerCreated(name),
        () => driver.list(name),
        () => driver.put(id, [bytes('v')]),
        () => driver.get(id),
        () => driver.info(id),
        () => driver.has(id),
        () => driver.delete(name, ['k']),
        () => driver.clear(name),
        () => driver.copy(there, id),
        () => driver.copy(id, there),
        () => driver.move(there, id),
      ]) {
        await assertRefused(act, 'no-such-container');
      }
      assert.equal(await driver.containerExists(name), false);
      assert.equal(await driver.has(there), true);
    },
  },
  {
    name: 'a container goes with its objects, and comes again without',
    async run(trial) {
      const { driver } = trial;
      const name = await trial.container();
      for (const object of ['a', 'b/c', '../d'])
        await driver.put({ container: name, object }, [bytes(object)]);
      await driver.deleteContainer(name);
      await driver.createContainer(name);
      assert.deepEqual(await driver.list(name), []);
      assert.equal(await driver.has({ container: name, object: 'b/c' }), false);
    },
  },
  {
    name: 'clearing leaves the container',
    async run(trial) {
      const { driver } = trial;
      const name = await trial.container();
      for (const object of ['a', 'b/c', '..', 'A'])
        await driver.put({ container: name, object }, [bytes(object)]);
      await driver.clear(name);
      assert.deepEqual(await driver.list(name), []);
      assert.equal(await driver.containerExists(name), true);
      await driver.put({ container: name, object: 'b' }, [bytes('v')]);
      assert.deepEqual(await driver.list(name), ['b']);
    },
  },
  {
    name: 'containers do not see one another',
    async run(trial) {
      const { driver } = trial;
      const [one, two] = [await trial.container(), await trial.container()];
      await driver.put({ container: one, object: 'k' }, [bytes('1')]);
      await driver.put({ container: two, object: 'k' }, [bytes('2')]);
      await driver.delete(two, ['k']);
      assert.equal(String(await driver.get({ container: one, object: 'k' })), '1');
      assert.deepEqual(await driver.list(two), []);
    },
  },
];
