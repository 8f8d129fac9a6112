import { types } from 'node:util';
import * as v from 'valibot';
import { commonEntries, whereRight } from '../../composition/options/host-options-schema.ts';
import { flag } from '../../settings/schema/schema-parts.ts';
import { MOMENT } from '../../shared/moment.ts';
import { momentOf } from '../moment-of.ts';
import type { TestHostOptions } from './test-host-options.ts';

const CLOCK = `"system", "frozen", a Date, or ${MOMENT}`;

/** A number is no moment here: a reader would have to guess its unit. */
function isClock(given: unknown): boolean {
  if (given === 'system' || given === 'frozen') return true;
  return (typeof given === 'string' || types.isDate(given)) && 'value' in momentOf(given);
}

/** What `startHost` is told. */
export const testHostEntries = {
  ...commonEntries,
  ownsData: flag(''),
  clock: v.nullish(whereRight(isClock, CLOCK)),
  seed: v.nullish(
    whereRight((given) => typeof given === 'string' || Number.isFinite(given), 'a number or text'),
  ),
} satisfies Readonly<Record<keyof TestHostOptions, v.GenericSchema>>;

export const testHostSchema = v.object(testHostEntries);
