import type { Schedule } from '../interfaces/keyvalue/fault-injection/schedule.ts';
import { isPlainMap } from '../settings/shown-value.ts';
import type { Address } from '../shared/address.ts';
import { parseAddress } from '../shared/address.ts';
import { wrongArgument } from './arguments.ts';
import { Snapshot } from './stores/snapshot.ts';

/** Where `host.listen` is to listen. Throws a `HostError` for what is no address. */
export function addressOf(given: unknown): Address {
  // Of what is no text it says what would have been right.
  const parsed = parseAddress(typeof given === 'string' ? given : '');
  if ('expected' in parsed) throw wrongArgument('host.listen', given, parsed.expected);
  return parsed.value;
}

/** Throws a `HostError` for what `host.snapshot` did not answer, before a bucket is emptied for it. */
export function requireSnapshot(given: unknown): asserts given is Snapshot {
  if (!(given instanceof Snapshot))
    throw wrongArgument('host.restore', given, 'what host.snapshot() answers');
}

/** Throws a `HostError` for what `host.follow` can't follow. */
export function requireSchedule(
  schedule: unknown,
  onStep: unknown,
): asserts schedule is Schedule | undefined {
  if (typeof onStep !== 'function') {
    throw wrongArgument('the second argument of host.follow', onStep, 'a function that is told each step');
  }
  if (schedule === undefined) return;
  const isRight =
    isPlainMap(schedule) &&
    isWhole(schedule.requests) &&
    Array.isArray(schedule.first) &&
    schedule.first.every(isWhole);
  if (!isRight)
    throw wrongArgument('host.follow', schedule, 'an order such as { requests: 2, first: [0, 1] }');
}

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
