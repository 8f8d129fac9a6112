import type { StoreFault } from '../faults/fault.ts';
import { milliseconds } from './checked-values.ts';
import { parseRegex } from './regex.ts';
import type { ScenarioFault } from './scenario.ts';
import type { WrittenStep } from './schema.ts';

type WrittenFault = NonNullable<WrittenStep['faults']>[number];

/** A fault that the schema has checked. */
export function readFault({ key, delay, partition, ...given }: WrittenFault): ScenarioFault {
  const isPattern = key != null && /^\/.+\/[imsu]*$/s.test(key);
  const pattern = isPattern ? parseRegex(key) : undefined;
  const present = Object.entries(given).filter(([, value]) => value !== null && value !== undefined);
  return {
    ...(Object.fromEntries(present) as StoreFault),
    ...(key == null ? {} : { key: pattern !== undefined && 'value' in pattern ? pattern.value : key }),
    ...(delay == null ? {} : { delay: milliseconds(delay) }),
    ...(partition === true ? { partition } : {}),
  };
}
