import { milliseconds } from './checked-values.ts';
import { parseRegex } from './regex.ts';
import type { WrittenStep } from './schema.ts';

type WrittenFault = NonNullable<WrittenStep['faults']>[number];

/** What goes wrong, as it is run. Without op, bucket or key: at every one. */
export interface FaultSettings {
  readonly op?: string;
  readonly bucket?: string;
  readonly key?: string | RegExp;
  readonly after?: number;
  readonly times?: number;
  readonly error?: 'other' | 'access-denied' | 'no-such-store';
  /** Milliseconds. */
  readonly delay?: number;
  readonly drop?: 'after-apply';
}

/** A fault that the schema has checked. */
export function readFault({ key, delay, ...given }: WrittenFault): FaultSettings {
  const isPattern = key != null && /^\/.+\/[imsu]*$/s.test(key);
  const pattern = isPattern ? parseRegex(key) : undefined;
  const present = Object.entries(given).filter(([, value]) => value !== null && value !== undefined);
  return {
    ...(Object.fromEntries(present) as FaultSettings),
    ...(key == null ? {} : { key: pattern !== undefined && 'value' in pattern ? pattern.value : key }),
    ...(delay == null ? {} : { delay: milliseconds(delay) }),
  };
}
