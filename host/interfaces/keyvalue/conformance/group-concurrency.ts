import assert from 'node:assert/strict';
import { textOf } from './bucket-contents.ts';
import type { Group } from './case.ts';

export const concurrency: Group = {
  name: 'at once',
  cases: [
    {
      name: 'increments of 64 clients on one host add up',
      async run(trial) {
        const name = trial.freshName();
        await trial.peer.add(name, { clients: 64, increments: 5, swaps: 0, type: trial.counter });
        assert.equal(await textOf(await trial.open(name), 'n'), '320');
      },
    },
    {
      name: 'swaps of 8 clients on one host lose nothing',
      uses: ['versions'],
      async run(trial) {
        const name = trial.freshName();
        await trial.peer.add(name, { clients: 8, increments: 0, swaps: 10, type: trial.counter });
        assert.equal(await textOf(await trial.open(name), 'm'), '80');
      },
    },
    {
      name: 'increments of 64 clients on two hosts add up',
      needs: ['shared', 'atomic'],
      async run(trial) {
        const name = trial.freshName();
        await using other = await trial.otherPeer();
        const work = { clients: 32, increments: 5, swaps: 0, type: trial.counter };
        await Promise.all([trial.peer.add(name, work), other.add(name, work)]);
        assert.equal(await textOf(await trial.open(name), 'n'), '320');
      },
    },
    {
      name: 'swaps of 64 clients on two hosts lose nothing',
      needs: ['shared', 'atomic'],
      uses: ['versions'],
      timeout: 120_000,
      async run(trial) {
        const name = trial.freshName();
        await using other = await trial.otherPeer();
        const work = { clients: 32, increments: 0, swaps: 1, type: trial.counter };
        await Promise.all([trial.peer.add(name, work), other.add(name, work)]);
        assert.equal(await textOf(await trial.open(name), 'm'), '64');
      },
    },
    {
      name: 'what one host has written, another reads',
      needs: ['shared'],
      async run(trial) {
        const name = trial.freshName();
        await (await trial.open(name)).set('k', Buffer.from('v'));
        await using other = await trial.otherHost();
        assert.equal(await textOf(await other.open(name, {}), 'k'), 'v');
      },
    },
  ],
};
