import { types } from 'node:util';
import { plainCopy } from '../../composition/options/plain-copy.ts';
import { wrongArgument } from '../../composition/options/wrong-argument.ts';
import { storeErrorCases } from '../../interfaces/keyvalue/backends/backend.ts';
import {
  isOperationName,
  keyless,
  keyvalueOperations,
  operationNames,
} from '../../interfaces/keyvalue/operations.ts';
import type { Delay, FaultSpec } from '../../runtime/fault-injection/fault.ts';
import type { OwnEffects } from '../../runtime/fault-injection/interceptor.ts';
import { isPlainMap, shownValue } from '../../settings/shown-value.ts';
import { parseTimer } from '../../shared/duration.ts';
import { HostError } from '../../shared/host-error.ts';
import { addressOf } from '../../shared/labelled-name.ts';
import { nearest, nearestAdvice } from '../../shared/nearest.ts';
import { blobFaults, isAboutBlobs } from './blob-fault-spec.ts';
import { consistent, contradictionIn } from './fault-effects.ts';
import { importFaults, isAboutImports } from './import-fault-spec.ts';
import { isAboutMessages, messageFaults } from './message-fault-spec.ts';

/** What faults of keys can say. */
const keyFaults = {
  interface: keyvalueOperations.interface,
  names: operationNames,
  isName: isOperationName,
  itemless: keyless,
  errors: storeErrorCases,
  target: 'bucket',
  item: 'key',
} as const;
type Kind = typeof keyFaults | typeof blobFaults | typeof messageFaults | typeof importFaults;

const effects = ['error', 'delay', 'drop', 'stale', 'pageSize'] as const;
const keys: readonly string[] = [
  ...[
    'op',
    'label',
    'bucket',
    'key',
    'container',
    'object',
    'subject',
    'import',
    'function',
    'after',
    'times',
    'probability',
    'message',
  ],
  ...effects,
];
/** What an effect can happen to, where that is not everything. */
const affected = { stale: ['get', 'exists'], pageSize: ['list-keys'] } as const;

const SUCH_AS = 'a fault such as { op: "get", error: "other" }';
const DELAY =
  'a duration such as "200ms", a range such as ["10ms", "90ms"], or { median: "20ms", p99: "1s" }';

/** Checks a fault. Throws a `HostError` that says what is wrong with it. */
export function faultSpec(given: unknown): Omit<FaultSpec, 'seed' | 'counts'> {
  const fault = faultMap(given, 'faults.add', SUCH_AS, keys);
  if (effects.every((effect) => fault[effect] === undefined || fault[effect] === false)) {
    const named = Object.keys(fault).join(', ');
    throw new HostError(
      'usage',
      `a fault has to say what goes wrong: error, delay, drop, stale or pageSize. This one has ${named === '' ? 'nothing' : `only ${named}`}.`,
    );
  }
  const kind = kindOf(fault);
  const named = opsOf(fault.op, kind);
  if (kind !== keyFaults) requireOneKind(fault, kind);
  const stale = fault.stale ?? false;
  if (typeof stale !== 'boolean') return wrong('stale', stale, 'true or false');
  const readOps = stale ? possible('stale', named, affected.stale) : named;
  const pageSize = optionally<number>('pageSize', fault.pageSize, isCount, 'a whole number above zero');
  const ops = pageSize === undefined ? readOps : possible('pageSize', named, affected.pageSize);
  const { item, target } = kind;
  const key = optionally<string | RegExp>(item, fault[item], isKey, 'text or a regular expression');
  const itemless: readonly string[] = kind.itemless;
  if (key !== undefined && (pageSize !== undefined || ops?.every((op) => itemless.includes(op)))) {
    wrong(item, key, `no ${item}, as ${itemless.join(' and ')} have none, so that it would never happen`);
  }
  const label = optionally<string>('label', fault.label, isText, 'text');
  const name = optionally<string>(target, fault[target], isText, 'text');
  const { errors } = kind;
  const isError = (value: unknown) =>
    errors === undefined ? isText(value) : errors.some((error) => error === value);
  const ofErrors =
    errors === undefined ? 'a case of the error of the function' : `one of ${errors.join(', ')}`;
  const isPart = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1;
  const spec = {
    interface: kind.interface,
    operations: ops,
    item: key,
    target: name === undefined ? undefined : addressOf(label, name),
    targetStart: label === undefined ? undefined : addressOf(label, ''),
    message: optionally<string>('message', fault.message, isText, 'text'),
    error: optionally<string>('error', fault.error, isError, ofErrors),
    drop: optionally<'after-apply'>('drop', fault.drop, (value) => value === 'after-apply', 'after-apply'),
    probability: optionally<number>('probability', fault.probability, isPart, 'a number from 0 to 1') ?? 1,
    after: optionally<number>('after', fault.after, isWhole, 'a whole number from 0 on') ?? 0,
    times:
      optionally<number>('times', fault.times, isTimes, 'a whole number from 0 on') ??
      Number.POSITIVE_INFINITY,
    delay: fault.delay === undefined ? undefined : delayOf(fault.delay),
  };
  // Each case of an import's error may have a text.
  const message = kind === importFaults ? undefined : spec.message;
  const contradiction = contradictionIn({ ...spec, message, stale, pageSize });
  if (contradiction !== undefined) {
    const expected = consistent('error, drop, stale and pageSize');
    throw new HostError('usage', `a fault has ${contradiction}. Expected ${expected}.`);
  }
  return { ...spec, own: ownEffects(stale, pageSize) };
}

/** What the stores' own interceptor is to do. */
function ownEffects(stale: boolean, pageSize: number | undefined): OwnEffects | undefined {
  if (stale) return { stale };
  return pageSize === undefined ? undefined : { pageSize };
}

/** What is cut off by a partition, checked in the same way. */
export function partitionMap(given: unknown): Readonly<Record<string, unknown>> {
  return faultMap(given, 'faults.partition', 'what it cuts off, such as { bucket: "carts" }', [
    'label',
    'bucket',
    'container',
    'delay',
  ]);
}

function faultMap(
  given: unknown,
  caller: string,
  suchAs: string,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (!isPlainMap(given)) throw wrongArgument(caller, given, suchAs);
  const fault = plainCopy(given, caller, known);
  for (const name of Object.keys(fault)) {
    if (known.includes(name)) continue;
    const advice = nearestAdvice(name, known);
    const subject = caller === 'faults.add' ? 'a fault' : caller;
    throw new HostError('usage', `${subject} knows no ${name}. ${advice}`);
  }
  return fault;
}

function kindOf(fault: Readonly<Record<string, unknown>>): Kind {
  if (isAboutImports(fault)) return importFaults;
  if (isAboutBlobs(fault)) return blobFaults;
  return isAboutMessages(fault) ? messageFaults : keyFaults;
}

/** Throws a `HostError` where a fault of one kind says what only one of another kind can. */
function requireOneKind(fault: Readonly<Record<string, unknown>>, kind: Kind): void {
  const owners = {
    keys: ['bucket', 'key', 'pageSize', 'stale'],
    blobs: ['container', 'object'],
    messages: ['subject'],
  };
  const own = kind === importFaults ? 'imports' : kind === messageFaults ? 'messages' : 'blobs';
  for (const [owner, names] of Object.entries(owners)) {
    const name = names.find((one) => fault[one] !== undefined && fault[one] !== false);
    if (owner === own || name === undefined) continue;
    throw new HostError(
      'usage',
      `a fault names ${name}, which is of ${owner}, beside what is of ${own}. Add one fault for each.`,
    );
  }
}

function opsOf(given: unknown, { names, isName }: Kind): readonly string[] | undefined {
  if (given === undefined) return undefined;
  const ops: readonly unknown[] = Array.isArray(given) ? given : [given];
  const expected = `one of ${names.join(', ')}`;
  if (ops.length === 0) {
    throw new HostError(
      'usage',
      `op of a fault is an empty list, which nothing matches. Expected ${expected}.`,
    );
  }
  return ops.map((op) => {
    if (isName(op)) return op;
    const near = typeof op === 'string' ? nearest(op, names) : undefined;
    return wrong('op', op, `${expected}${near === undefined ? '' : ` (did you mean ${near}?)`}`);
  });
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isKey = (value: unknown): boolean => isText(value) || types.isRegExp(value);
const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isCount = (value: unknown): boolean => isWhole(value) && value !== 0;
const isTimes = (value: unknown): boolean => isWhole(value) || value === Number.POSITIVE_INFINITY;

/** The value of a key, where it is there. @param T what `isRight` lets through */
function optionally<T>(
  name: string,
  given: unknown,
  isRight: (value: unknown) => boolean,
  expected: string,
): T | undefined {
  if (given !== undefined && !isRight(given)) wrong(name, given, expected);
  return given as T | undefined;
}

/** Those of the operations that an effect can happen to; there has to be one. */
function possible(
  effect: string,
  ops: readonly string[] | undefined,
  can: readonly string[],
): readonly string[] {
  const meant = ops === undefined ? can : ops.filter((op) => can.includes(op));
  return meant.length > 0
    ? meant
    : wrong('op', (ops ?? []).join(', '), `${can.join(' or ')}, which is what ${effect} is about`);
}

function delayOf(given: unknown): Delay {
  if (Array.isArray(given)) {
    if (given.length !== 2) wrong('delay', given, DELAY);
    const delay = { least: durationOf(given[0]), most: durationOf(given[1]) };
    if (delay.least <= delay.most) return delay;
    return wrong('delay', given, 'a range that begins with the shorter one');
  }
  if (isPlainMap(given)) {
    const names = Object.keys(given);
    if (names.length !== 2 || !names.includes('median') || !names.includes('p99'))
      wrong('delay', given, DELAY);
    const delay = { median: durationOf(given.median), p99: durationOf(given.p99) };
    if (delay.median > 0 && delay.median <= delay.p99) return delay;
    return wrong('delay', given, 'a median above zero, and a p99 that is not below it');
  }
  const least = durationOf(given);
  return { least, most: least };
}

function durationOf(given: unknown): number {
  if (given === 0) return 0;
  if (typeof given !== 'string' && typeof given !== 'number') return wrong('delay', given, DELAY);
  const parsed = parseTimer(given);
  return 'value' in parsed ? parsed.value : wrong('delay', given, parsed.expected);
}

function wrong(name: string, given: unknown, expected: string): never {
  throw new HostError('usage', `${name} of a fault is ${shownValue(given)}. Expected ${expected}.`);
}
