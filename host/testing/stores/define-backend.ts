import {
  type BackendDefinition,
  defineBackend as defined,
  renamedCapabilities,
} from '../../interfaces/keyvalue/backends/definition.ts';
import { isPlainMap, shownValue } from '../../settings/shown-value.ts';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import { nearestAdvice } from '../../shared/nearest.ts';

/** What a value has to be, and how to see that it is. */
type Expectation = readonly [expected: string, isRight: (value: unknown) => boolean];

const isFunction = (value: unknown): boolean => typeof value === 'function';
const truth: Expectation = ['true or false', (value) => typeof value === 'boolean'];
const size: Expectation = [
  'a whole number of bytes',
  (value) => Number.isSafeInteger(value) && Number(value) > 0,
];
const oneOf = (...words: readonly string[]): Expectation => [
  words.map((word) => JSON.stringify(word)).join(' or '),
  (value) => words.some((word) => word === value),
];

const definitionParts: Readonly<Record<keyof BackendDefinition<unknown>, Expectation>> = {
  name: ['text', (value) => typeof value === 'string' && value !== ''],
  options: ['a schema that speaks Standard Schema, such as v.object({}) of valibot', isSchema],
  capabilities: ['what it can do, such as { durable: true, … }', isPlainMap],
  connect: ['a function that answers the backend', isFunction],
};
const capabilityParts: Readonly<Record<keyof BackendDefinition<unknown>['capabilities'], Expectation>> = {
  durable: truth,
  shared: truth,
  atomic: truth,
  expiry: oneOf('store', 'host'),
  keyTtl: [
    'true or false, or nothing for false',
    (value) => value === undefined || typeof value === 'boolean',
  ],
  watch: [
    'nothing, or what a watch tells, such as { others: true, ends: false, gaps: false, every: 0 }',
    (value) => value === undefined || isPlainMap(value),
  ],
  listing: oneOf('ordered', 'unordered'),
  largestKey: size,
  largestValue: size,
};

/**
 * Defines a backend; a module that is named in the configuration exports the result as its default.
 * Throws a `HostError` where a part is missing or wrong.
 *
 * @example
 * export default defineBackend({
 *   name: 'my-backend',
 *   options: v.object({ table: v.string() }),
 *   capabilities: {
 *     ...{ durable: true, shared: true, atomic: true, expiry: 'host', listing: 'ordered' },
 *     ...{ largestKey: 65_536, largestValue: 1_048_576 },
 *   },
 *   connect: async ({ table }, context) => await MyBackend.connect(table, context),
 * });
 */
export function defineBackend<Options>(definition: BackendDefinition<Options>): BackendDefinition<Options> {
  try {
    requireParts('', definition, definitionParts);
    requireParts('capabilities.', definition.capabilities, capabilityParts);
  } catch (cause) {
    if (cause instanceof HostError) throw cause;
    throw new HostError('usage', `defineBackend: what it got can't be read: ${reasonOf(cause)}`, { cause });
  }
  return defined(definition);
}

/** Schemas of some libraries are functions. */
function isSchema(given: unknown): boolean {
  if ((typeof given !== 'object' && typeof given !== 'function') || given === null) return false;
  const standard: unknown = Reflect.get(given, '~standard');
  return typeof standard === 'object' && standard !== null && isFunction(Reflect.get(standard, 'validate'));
}

function requireParts(prefix: string, given: unknown, parts: Readonly<Record<string, Expectation>>): void {
  if (typeof given !== 'object' || given === null) {
    throw new HostError(
      'usage',
      `defineBackend got ${shownValue(given)}. Expected the parts of a backend: ${Object.keys(parts).join(', ')}.`,
    );
  }
  for (const key of Object.keys(given)) {
    if (Object.hasOwn(parts, key)) continue;
    if (parts === definitionParts && key === 'promises')
      throw new HostError('usage', `defineBackend: ${renamedCapabilities}`);
    const hint = nearestAdvice(key, Object.keys(parts));
    throw new HostError('usage', `defineBackend: ${prefix}${key} is no part of a backend. ${hint}`);
  }
  for (const [key, [expected, isRight]] of Object.entries(parts)) {
    const value: unknown = Reflect.get(given, key);
    if (isRight(value)) continue;
    throw new HostError(
      'usage',
      `defineBackend: ${prefix}${key} is ${shownValue(value)}. Expected ${expected}.`,
    );
  }
}
