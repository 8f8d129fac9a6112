import { parseDuration } from '../config/values.ts';
import type { FaultSpec } from '../guest/interception/fault.ts';
import { HostError } from '../host-error.ts';
import { type Fault, operations } from './fault.ts';

/** Checks a fault. Throws a `HostError` that says what is wrong with it. */
export function faultSpec(fault: Fault, id: number): FaultSpec {
  const { op, bucket, key, error, message, drop, stale = false, pageSize } = fault;
  const ops = typeof op === 'string' ? [op] : op;
  for (const name of ops ?? []) {
    if (!operations.includes(name)) wrong('op', name, `one of ${operations.join(', ')}`);
  }
  const after = count('after', fault.after, 0);
  const times = count('times', fault.times, Number.POSITIVE_INFINITY);
  const probability = fault.probability ?? 1;
  if (!(probability >= 0 && probability <= 1)) wrong('probability', probability, 'a number from 0 to 1');
  if (pageSize !== undefined && !(Number.isInteger(pageSize) && pageSize > 0)) {
    wrong('pageSize', pageSize, 'a whole number above zero');
  }
  const delay = fault.delay === undefined ? undefined : rangeOf(fault.delay);
  if (error === undefined && delay === undefined && drop === undefined && !stale && pageSize === undefined) {
    throw new HostError(
      'usage',
      `a fault has to say what goes wrong: error, delay, drop, stale or pageSize. This one has ${JSON.stringify(fault)}.`,
    );
  }
  return { id, ops, bucket, key, after, times, probability, delay, error, message, drop, stale, pageSize };
}

function count(name: string, given: number | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (given >= 0 && (Number.isInteger(given) || given === Number.POSITIVE_INFINITY)) return given;
  return wrong(name, given, 'a whole number from 0 on');
}

function rangeOf(delay: NonNullable<Fault['delay']>): [least: number, most: number] {
  const [least, most] = typeof delay === 'object' ? delay : [delay, delay];
  const range: [number, number] = [durationOf(least), durationOf(most)];
  return range[0] <= range[1] ? range : wrong('delay', delay, 'a range that begins with the shorter one');
}

function durationOf(given: string | number): number {
  if (given === 0) return 0;
  const parsed = parseDuration(given);
  return 'value' in parsed ? parsed.value : wrong('delay', given, parsed.expected);
}

function wrong(name: string, given: unknown, expected: string): never {
  throw new HostError('usage', `${name} of a fault is ${JSON.stringify(given)}. Expected ${expected}.`);
}
