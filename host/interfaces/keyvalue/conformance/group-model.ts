import type { Group } from './case.ts';

export const sequences: Group = {
  name: 'any sequence of operations',
  cases: [
    {
      name: 'is answered as it is in memory',
      uses: ['versions', 's64'],
      timeout: 120_000,
      async run(trial) {
        const { assertAnswersAsInMemory } = await import('./model.ts');
        await assertAnswersAsInMemory(() => trial.freshBucket());
      },
    },
  ],
};
