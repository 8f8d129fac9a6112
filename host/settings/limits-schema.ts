import type * as v from 'valibot';
import { parseSize } from '../shared/size.ts';
import { formatLimit, type LimitKind, limitDefinitions, limitNames } from './limits.ts';
import { count, parsedNumber, section, timer } from './schema-parts.ts';

/** The keys of `dev.limits`. */
export const limitsSection = section(
  Object.fromEntries(
    limitNames.map((name) => {
      const { kind, value, description } = limitDefinitions[name];
      return [name, schemaOf(kind, `${description} Default \`${formatLimit(kind, value)}\`.`)];
    }),
  ),
  'How much clients and components may take. Each also by `--limit name=value` and, separated by commas, in `KVASI_LIMITS`.',
);

function schemaOf(kind: LimitKind, description: string): v.GenericSchema {
  if (kind === 'count') return count(description);
  if (kind === 'duration') return timer(description);
  return parsedNumber(parseSize, 'a size such as "64KiB", or a number of bytes', description);
}
