import { afterAll, beforeAll, describe, test } from 'vitest';
import { defaultTimeout, whySkipped } from '../../host/interfaces/keyvalue/conformance/case.ts';
import { groups } from '../../host/interfaces/keyvalue/conformance/groups.ts';
import type { Subject } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import { Trial } from '../../host/interfaces/keyvalue/conformance/trial.ts';

/**
 * Registers the cases that `kvasi conformance` runs as tests, with a store of its own for each group; those that the store does not
 * promise to pass, or that what drives it can't be asked, are none of its tests.
 *
 * @param start must make a subject with those capabilities
 * @param chosen default: every group
 */
export function conformance(
  name: string,
  { capabilities, lacks = [] }: Pick<Subject, 'capabilities' | 'lacks'>,
  start: () => Promise<Subject>,
  chosen = groups,
): void {
  describe(name, () => {
    for (const group of chosen) {
      const cases = group.cases.filter((item) => whySkipped(item, capabilities, lacks) === undefined);
      if (cases.length === 0) continue;
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
        for (const item of cases) {
          test(item.name, { timeout: item.timeout ?? defaultTimeout }, async () => {
            if (trial === undefined) throw new Error('the store is there within tests only');
            await item.run(trial);
          });
        }
      });
    }
  });
}
