/** What an operation does, whatever its bucket is. */
interface OperationTraits {
  /** Whether it may change what the bucket holds. */
  readonly isWrite: boolean;
  /** Whether it belongs to a change of `wasi:keyvalue/atomics`. */
  readonly isAtomic: boolean;
  /** How many keys it names: a batch names many. */
  readonly keys: 'none' | 'one' | 'many';
}

/** The keyvalue operations of a component, by their names in WIT; `open` is the opening of a bucket. */
export const operations = {
  open: { isWrite: false, isAtomic: false, keys: 'none' },
  get: { isWrite: false, isAtomic: false, keys: 'one' },
  set: { isWrite: true, isAtomic: false, keys: 'one' },
  delete: { isWrite: true, isAtomic: false, keys: 'one' },
  exists: { isWrite: false, isAtomic: false, keys: 'one' },
  'list-keys': { isWrite: false, isAtomic: false, keys: 'none' },
  increment: { isWrite: true, isAtomic: true, keys: 'one' },
  'cas.new': { isWrite: false, isAtomic: true, keys: 'one' },
  swap: { isWrite: true, isAtomic: true, keys: 'one' },
  'get-many': { isWrite: false, isAtomic: false, keys: 'many' },
  'set-many': { isWrite: true, isAtomic: false, keys: 'many' },
  'delete-many': { isWrite: true, isAtomic: false, keys: 'many' },
} as const satisfies Record<string, OperationTraits>;

export type OperationName = keyof typeof operations;

export const operationNames = Object.keys(operations) as readonly OperationName[];

/** The operations that may change what a bucket holds. */
export const writes: readonly OperationName[] = operationNames.filter((name) => operations[name].isWrite);

/** Whether a text names an operation. */
export function isOperationName(name: unknown): name is OperationName {
  return typeof name === 'string' && Object.hasOwn(operations, name);
}
