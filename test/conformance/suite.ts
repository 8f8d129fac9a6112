import { afterAll, beforeAll, describe, test } from 'vitest';
import { defaultTimeout, whySkipped } from '../../host/interfaces/keyvalue/conformance/case.ts';
import { groups } from '../../host/interfaces/keyvalue/conformance/groups.ts';
import type { Subject } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import { Trial } from '../../host/interfaces/keyvalue/conformance/trial.ts';

/**
 * Registers the cases that `kvasi conformance` runs as tests, with a store of its own for each group.
 * @param chosen default: every group
 */
export function conformance(name: string, start: () => Promise<Subject>, chosen = groups): void {
  describe(name, () => {
    for (const group of chosen) {
      describe(group.name, () => {
        let subject: Subject | undefined;
        let trial: Trial | undefined;
        beforeAll(async () => {
          subject = await start();
          trial = await Trial.begin(subject);
        });
        afterAll(async () => {
          await trial?.[Symbol.asyncDispose]();
          await subject?.[Symbol.asyncDispose]();
        });
        for (const item of group.cases) {
          test(item.name, { timeout: item.timeout ?? defaultTimeout }, async ({ skip }) => {
            if (trial === undefined) throw new Error('the store is there within tests only');
            const reason = whySkipped(item, trial.capabilities, trial.lacks);
            if (reason !== undefined) skip(reason);
            await item.run(trial);
          });
        }
      });
    }
  });
}
