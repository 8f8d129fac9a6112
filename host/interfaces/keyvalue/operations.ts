import { count, flag, size } from '../../runtime/trace/attribute.ts';
import { describeOperations, type OperationTraits } from '../../runtime/trace/operation.ts';
import type { OperationName } from './operation-name.ts';

/** What a keyvalue operation does, whatever its bucket is. */
interface KeyvalueTraits extends OperationTraits {
  /** How many keys it names: a batch names many. */
  readonly keys: 'none' | 'one' | 'many';
}

/** Whether a read found the key. */
const hit = flag('hit', 'hit', 'miss');
/** Whether the key had not changed meanwhile. */
const swapped = flag('hit', 'swapped', 'stale');
/** Of the value that was read or written. */
const valueSize = size('size');
/** How many keys a batch or a listing had. */
const keyCount = count('count', 'key', 'keys');

const traits = {
  open: { effect: 'open', keys: 'none', attributes: [] },
  get: { effect: 'read', keys: 'one', attributes: [hit, valueSize] },
  set: { effect: 'write', keys: 'one', attributes: [valueSize] },
  delete: { effect: 'delete', keys: 'one', attributes: [] },
  exists: { effect: 'read', keys: 'one', attributes: [hit] },
  'list-keys': { effect: 'read', keys: 'none', attributes: [keyCount] },
  increment: { effect: 'write', isAtomic: true, keys: 'one', attributes: [] },
  'cas.new': { effect: 'read', isAtomic: true, keys: 'one', attributes: [hit, valueSize] },
  current: { effect: 'read', isAtomic: true, keys: 'one', attributes: [hit, valueSize] },
  swap: { effect: 'write', isAtomic: true, keys: 'one', attributes: [swapped, valueSize] },
  'get-many': { effect: 'read', keys: 'many', attributes: [keyCount] },
  'set-many': { effect: 'write', keys: 'many', attributes: [keyCount] },
  'delete-many': { effect: 'delete', keys: 'many', attributes: [keyCount] },
} as const satisfies Record<OperationName, KeyvalueTraits>;

/** What a host records of them. */
export const keyvalueOperations = describeOperations<OperationName>(
  { interface: 'wasi:keyvalue', target: 'bucket', item: 'key' },
  traits,
);

export const operationNames = Object.keys(traits) as readonly OperationName[];

/** The operations that may change what a bucket holds. */
export const writes: readonly OperationName[] = operationNames.filter((name) => isWrite(name));

/** Those that no single key can be named for, nor several. */
export const keyless: readonly OperationName[] = operationNames.filter(
  (name) => traits[name].keys === 'none',
);

/** Whether an operation may change what a bucket holds. */
export function isWrite(name: OperationName): boolean {
  const { effect } = traits[name];
  return effect === 'write' || effect === 'delete';
}

/** Whether a text names an operation. */
export function isOperationName(name: unknown): name is OperationName {
  return typeof name === 'string' && Object.hasOwn(traits, name);
}
