import assert from 'node:assert/strict';
import type { Group } from './case.ts';
import type { Feature } from './feature.ts';
import type { Operation } from './history.ts';
import { findViolation } from './linearizability.ts';
import type { Peer } from './peer.ts';
import type { Client, Step } from './play-all.ts';
import type { Trial } from './trial.ts';
import { timeline } from './violation-text.ts';

/** Few clients meet at one key, and all wait for each other between rounds, so that a history can be decided. */
const [clients, keys, rounds, stepsPerRound] = [64, 16, 6, 3];
const likely: readonly Step['op'][] = [
  'get',
  'get',
  'set',
  'set',
  'increment',
  'increment',
  'swap',
  'swap',
  'delete',
];

export const histories: Group = {
  name: 'linearizability',
  cases: [
    {
      name: 'what 64 clients on one host see of a key has an order that explains it',
      timeout: 120_000,
      run: async (trial) => await assertLinearizable(trial, [trial.peer]),
    },
    {
      name: 'what 64 clients on two hosts see of a key has an order that explains it',
      needs: ['shared', 'atomic'],
      timeout: 120_000,
      async run(trial) {
        await using other = await trial.otherPeer();
        await assertLinearizable(trial, [trial.peer, other]);
      },
    },
  ],
};

async function assertLinearizable(trial: Trial, peers: readonly Peer[]): Promise<void> {
  const name = trial.freshName();
  const history: Operation[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const plans = peers.map((_, host) =>
      randomClients(`${'AB'[host]}${round + 1}`, clients / peers.length, stepsPerRound, trial.lacks),
    );
    const seen = await Promise.all(
      peers.map((peer, host) => peer.play(name, plans[host] ?? [], trial.counter)),
    );
    history.push(...seen.flat());
  }
  const failed = history.find(({ failure }) => failure !== undefined);
  assert.equal(failed?.failure, undefined, 'no operation fails');
  const violation = findViolation(history);
  if (violation !== undefined) assert.fail(timeline(violation));
}

/** @param name begins the names of the clients */
export function randomClients(
  name: string,
  count: number,
  steps: number,
  lacks: readonly Feature[] = [],
): Client[] {
  const choice = lacks.includes('versions') ? likely.filter((op) => op !== 'swap') : likely;
  return Array.from({ length: count }, (_, client) => ({
    name: `${name}.${client + 1}`,
    steps: Array.from({ length: steps }, () => ({
      key: `k${random(keys)}`,
      op: choice[random(choice.length)] ?? 'get',
      number: random(1000),
    })),
  }));
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}
