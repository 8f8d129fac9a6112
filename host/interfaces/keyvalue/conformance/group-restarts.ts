import assert from 'node:assert/strict';
import { bytes, keysOf, textOf } from './bucket-contents.ts';
import type { Group } from './case.ts';

export const restarts: Group = {
  name: 'restarts',
  cases: [
    {
      name: 'what was written is there after the host was started again',
      needs: ['durable'],
      async run(trial) {
        const name = trial.freshName();
        const before = await trial.open(name);
        await before.set('k', bytes('v'));
        await before.set('gone', bytes('v'));
        await before.delete('gone');
        await before.increment('n', 41n, trial.counter);
        await trial.restart();
        const bucket = await trial.open(name);
        assert.deepEqual(await keysOf(bucket), ['k', 'n']);
        assert.equal(await textOf(bucket, 'k'), 'v');
        assert.equal(await bucket.increment('n', 1n, trial.counter), 42n);
      },
    },
    {
      name: 'a version from before is not taken for one of after',
      needs: ['durable'],
      uses: ['versions'],
      async run(trial) {
        const name = trial.freshName();
        const before = await trial.open(name);
        await before.set('k', bytes('one'));
        const { version } = await before.getVersioned('k');
        await trial.restart();
        const bucket = await trial.open(name);
        await bucket.set('k', bytes('one'));
        assert.equal(await bucket.setIfVersion('k', bytes('mine'), version), false);
        assert.equal(await textOf(bucket, 'k'), 'one');
      },
    },
    {
      name: 'time goes on while the host is away',
      needs: ['durable'],
      uses: ['settings'],
      async run(trial) {
        const name = trial.freshName();
        const before = await trial.open(name, { ttl: 60_000 });
        await before.set('k', bytes('v'));
        await trial.restart();
        assert.equal(await textOf(await trial.open(name, { ttl: 60_000 }), 'k'), 'v');
        await trial.restart();
        trial.clock.advance(60_001);
        assert.equal(await textOf(await trial.open(name, { ttl: 60_000 }), 'k'), undefined);
      },
    },
    {
      name: 'a host may be closed twice',
      async run(trial) {
        const host = await trial.otherHost();
        await host.close();
        await host.close();
      },
    },
  ],
};
