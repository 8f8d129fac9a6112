import { nearest } from '../config/nearest.ts';
import { parseTimer } from '../config/values.ts';
import type { Delay, FaultSpec } from '../guest/interception/fault.ts';
import { HostError } from '../host-error.ts';
import { type Fault, operations } from './fault.ts';

const errors: readonly string[] = ['other', 'access-denied', 'no-such-store'];
const effects = ['error', 'delay', 'drop', 'stale', 'pageSize'] as const;
const keys: readonly string[] = [
  ...['op', 'bucket', 'key', 'after', 'times', 'probability', 'message'],
  ...effects,
];
/** What an effect can happen to, where that is not everything. */
const affected = { stale: ['get', 'exists'], pageSize: ['list-keys'] } as const;

/** Checks a fault. Throws a `HostError` that says what is wrong with it. */
export function faultSpec(fault: Fault): Omit<FaultSpec, 'seed' | 'counts'> {
  for (const name of Object.keys(fault)) if (!keys.includes(name)) unknown(name);
  if (effects.every((effect) => fault[effect] === undefined || fault[effect] === false)) {
    const text = JSON.stringify(fault);
    throw new HostError(
      'usage',
      `a fault has to say what goes wrong: error, delay, drop, stale or pageSize. This one has ${text}.`,
    );
  }
  const { op, bucket, key, error, message, drop, stale = false, pageSize, delay } = fault;
  const ops = typeof op === 'string' ? [op] : op;
  for (const name of ops ?? []) {
    if (!operations.includes(name)) wrong('op', name, `one of ${operations.join(', ')}`);
  }
  if (stale) possible('stale', ops, affected.stale);
  if (pageSize !== undefined) possible('pageSize', ops, affected.pageSize);
  if (error !== undefined && !errors.includes(error)) wrong('error', error, `one of ${errors.join(', ')}`);
  if (drop !== undefined && drop !== 'after-apply') wrong('drop', drop, 'after-apply');
  const probability = fault.probability ?? 1;
  if (!(probability >= 0 && probability <= 1)) wrong('probability', probability, 'a number from 0 to 1');
  if (pageSize !== undefined && !(Number.isInteger(pageSize) && pageSize > 0)) {
    wrong('pageSize', pageSize, 'a whole number above zero');
  }
  return {
    ...{ ops, bucket, key, probability, error, message, drop, stale, pageSize },
    after: count('after', fault.after, 0),
    times: count('times', fault.times, Number.POSITIVE_INFINITY),
    delay: delay === undefined ? undefined : delayOf(delay),
  };
}

function count(name: string, given: number | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (given >= 0 && (Number.isInteger(given) || given === Number.POSITIVE_INFINITY)) return given;
  return wrong(name, given, 'a whole number from 0 on');
}

function possible(effect: string, ops: readonly string[] | undefined, can: readonly string[]): void {
  if (ops === undefined || ops.some((op) => can.includes(op))) return;
  wrong('op', ops.join(', '), `${can.join(' or ')}, which is what ${effect} is about`);
}

function delayOf(given: NonNullable<Fault['delay']>): Delay {
  if (typeof given === 'object' && 'median' in given) {
    const delay = { median: durationOf(given.median), p99: durationOf(given.p99) };
    if (delay.median > 0 && delay.median <= delay.p99) return delay;
    return wrong('delay', given, 'a median above zero, and a p99 that is not below it');
  }
  const [least, most] = typeof given === 'object' ? given : [given, given];
  const delay = { least: durationOf(least), most: durationOf(most) };
  if (delay.least <= delay.most) return delay;
  return wrong('delay', given, 'a range that begins with the shorter one');
}

function durationOf(given: string | number): number {
  if (given === 0) return 0;
  const parsed = parseTimer(given);
  return 'value' in parsed ? parsed.value : wrong('delay', given, parsed.expected);
}

function unknown(name: string): never {
  const near = nearest(name, keys);
  const advice = near === undefined ? `Those it knows are ${keys.join(', ')}.` : `Did you mean ${near}?`;
  throw new HostError('usage', `a fault knows no ${name}. ${advice}`);
}

function wrong(name: string, given: unknown, expected: string): never {
  throw new HostError('usage', `${name} of a fault is ${JSON.stringify(given)}. Expected ${expected}.`);
}
