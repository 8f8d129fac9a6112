import { types } from 'node:util';
import { wrongArgument } from '../../composition/options/wrong-argument.ts';
import type { HostOperation } from '../../composition/request-event.ts';
import { blobOperationNames, isBlobOperationName } from '../../interfaces/blobstore/operations.ts';
import { isOperationName, operationNames } from '../../interfaces/keyvalue/operations.ts';
import { messagingOperations } from '../../interfaces/messaging/operations.ts';
import { isPlainMap, shownValue } from '../../settings/shown-value.ts';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import { nearestAdvice } from '../../shared/nearest.ts';
import { requireText } from '../arguments.ts';
import type { AsymmetricMatcher, WantedOperation } from './matcher-types.ts';

const VALUE =
  'text, bytes, what JSON can say, or a matcher such as expect.any(String); without a value any will do';
const STATUS = 'a status from 100 to 599, or 0 for an answer that broke off';

export function isAsymmetric(value: unknown): value is AsymmetricMatcher {
  return (
    typeof value === 'object' &&
    value !== null &&
    'asymmetricMatch' in value &&
    typeof value.asymmetricMatch === 'function'
  );
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number' && !Number.isNaN(value);
const otherNames = ['send', 'call', 'reveal', ...Object.keys(messagingOperations.operations)];
const fields: Readonly<Record<keyof HostOperation, readonly [string, (value: unknown) => boolean]>> = {
  interface: ['text', isText],
  op: [
    `one of ${[...operationNames, ...blobOperationNames, ...otherNames].join(', ')}`,
    (value) =>
      isOperationName(value) || isBlobOperationName(value) || otherNames.some((one) => one === value),
  ],
  bucket: ['text', isText],
  key: ['text', isText],
  container: ['text', isText],
  object: ['text', isText],
  import: ['text', isText],
  function: ['text', isText],
  secret: ['text', isText],
  url: ['text', isText],
  method: ['text', isText],
  status: ['a number', isNumber],
  subject: ['text', isText],
  replyTo: ['text', isText],
  reply: ['a number', isNumber],
  hit: ['true or false', (value) => typeof value === 'boolean'],
  count: ['a number', isNumber],
  size: ['a number', isNumber],
  error: ['text', isText],
  start: ['a number', isNumber],
  milliseconds: ['a number', isNumber],
  request: ['a number', isNumber],
};

/** Throws a `HostError` where `toHaveEntry` could not hold, whatever the bucket has. @param wanted empty where any value will do */
export function requireEntry(host: unknown, bucket: unknown, key: unknown, wanted: readonly unknown[]): void {
  requireHost('toHaveEntry', host);
  requireText('the bucket of toHaveEntry', bucket);
  requireText('the key of toHaveEntry', key);
  if (wanted.length > 0 && !canBeHeld(wanted[0])) {
    throw wrongArgument('the value of toHaveEntry', wanted[0], VALUE);
  }
}

/**
 * What an operation has to have: the fields whose value is not undefined, or a matcher. Throws a `HostError` where `toHaveOperation`
 * would hold for every operation or for none.
 */
export function wantedOperation(host: unknown, operation: unknown): WantedOperation | AsymmetricMatcher {
  requireHost('toHaveOperation', host);
  if (isAsymmetric(operation)) return operation;
  const wanted = isPlainMap(operation)
    ? Object.entries(operation).filter(([name, value]) => value !== undefined || !Object.hasOwn(fields, name))
    : [];
  if (wanted.length === 0) {
    const map = Object.keys(Object(operation)).length === 0 ? 'an empty map' : 'a map without a value';
    throw new HostError(
      'usage',
      `toHaveOperation got ${isPlainMap(operation) ? map : shownValue(operation)}. Expected at least one field of an operation, such as { op: "get" }.`,
    );
  }
  for (const [name, value] of wanted) {
    if (!Object.hasOwn(fields, name)) {
      const known = Object.keys(fields);
      const hint = nearestAdvice(name, known, `Those it has are ${known.join(', ')}.`);
      throw new HostError('usage', `toHaveOperation: no operation has ${name}. ${hint}`);
    }
    const [expected, isRight] = fields[name as keyof HostOperation];
    if (isAsymmetric(value) || isRight(value)) continue;
    throw wrongArgument(`the ${name} of toHaveOperation`, value, expected);
  }
  return Object.fromEntries(wanted);
}

/** Throws a `HostError` where `toHaveStatus` could not hold, whatever the answer is. */
export function requireStatus(response: unknown, status: unknown): void {
  if (!hasNumber(response, 'status')) {
    throw wrongArgument('expect(…).toHaveStatus', response, 'an answer: expect(await host.fetch("/"))');
  }
  const isStatus =
    Number.isInteger(status) && (status === 0 || (Number(status) >= 100 && Number(status) < 600));
  if (!isStatus) throw wrongArgument('toHaveStatus', status, STATUS);
}

function requireHost(matcher: string, given: unknown): void {
  const isHost = typeof given === 'object' && given !== null && 'bucket' in given && 'operations' in given;
  if (!isHost) throw wrongArgument(`expect(…).${matcher}`, given, 'a host: expect(host)');
}

function hasNumber(given: unknown, name: string): boolean {
  try {
    return typeof given === 'object' && given !== null && typeof Reflect.get(given, name) === 'number';
  } catch (cause) {
    throw new HostError('usage', `expect(…) got what can't be read: ${reasonOf(cause)}`, { cause });
  }
}

/** Whether what a key holds can be equal to it: bytes, or what JSON can say. */
function canBeHeld(value: unknown): boolean {
  return types.isUint8Array(value) || isJson(value, []);
}

/** @param around the maps and lists that the value lies in; JSON has none within itself */
function isJson(value: unknown, around: readonly unknown[]): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (isAsymmetric(value)) return true;
  if (around.includes(value)) return false;
  const within = [...around, value];
  if (Array.isArray(value)) return value.every((item) => isJson(item, within));
  if (!isPlainMap(value)) return false;
  return Object.values(value).every((item) => item === undefined || isJson(item, within));
}
