import { count, flag, size } from '../../runtime/trace/attribute.ts';
import { describeOperations, type OperationTraits } from '../../runtime/trace/operation.ts';
import type { BlobOperationName } from './operation-name.ts';

/** What a blobstore operation does, whatever its container is. */
interface BlobTraits extends OperationTraits {
  /** Whether it names a single object. */
  readonly hasObject: boolean;
}

/** Whether there was one. */
const hit = flag('hit', 'hit', 'miss');
/** Of what was read, written or looked at. */
const bytes = size('size');
const objectCount = count('count', 'object', 'objects');

const traits = {
  'get-container': { effect: 'open', hasObject: false, attributes: [] },
  'create-container': { effect: 'write', hasObject: false, attributes: [] },
  'delete-container': { effect: 'delete', hasObject: false, attributes: [] },
  'container-exists': { effect: 'read', hasObject: false, attributes: [hit] },
  info: { effect: 'read', hasObject: false, attributes: [] },
  'list-objects': { effect: 'read', hasObject: false, attributes: [] },
  'get-data': { effect: 'read', hasObject: true, attributes: [bytes] },
  'write-data': { effect: 'write', hasObject: true, attributes: [bytes] },
  'delete-object': { effect: 'delete', hasObject: true, attributes: [] },
  'delete-objects': { effect: 'delete', hasObject: false, attributes: [objectCount] },
  'has-object': { effect: 'read', hasObject: true, attributes: [hit] },
  'object-info': { effect: 'read', hasObject: true, attributes: [bytes] },
  clear: { effect: 'delete', hasObject: false, attributes: [] },
  'copy-object': { effect: 'write', hasObject: true, attributes: [] },
  'move-object': { effect: 'write', hasObject: true, attributes: [] },
} as const satisfies Record<BlobOperationName, BlobTraits>;

/** What a host records of them. */
export const blobOperations = describeOperations<BlobOperationName>(
  { interface: 'wasi:blobstore', target: 'container', item: 'object' },
  traits,
);

export const blobOperationNames = Object.keys(traits) as readonly BlobOperationName[];

/** Those that no single object can be named for, nor several. */
export const objectless: readonly BlobOperationName[] = blobOperationNames.filter(
  (name) => !traits[name].hasObject && name !== 'delete-objects',
);

/** Whether a text names an operation. */
export function isBlobOperationName(name: unknown): name is BlobOperationName {
  return typeof name === 'string' && Object.hasOwn(traits, name);
}
