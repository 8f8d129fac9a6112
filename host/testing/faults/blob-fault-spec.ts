import type { BlobErrorCase } from '../../interfaces/blobstore/backends/backend.ts';
import {
  blobOperationNames,
  blobOperations,
  isBlobOperationName,
  objectless,
} from '../../interfaces/blobstore/operations.ts';

/** What faults of blobs can say, as those of keys are described in `fault-spec.ts`. */
export const blobFaults = {
  interface: blobOperations.interface,
  names: blobOperationNames,
  isName: isBlobOperationName,
  itemless: objectless,
  target: 'container',
  item: 'object',
  errors: [
    'other',
    'no-such-container',
    'container-already-exists',
    'no-such-object',
    'access-denied',
    'timeout',
    'store-unavailable',
    'quota-exceeded',
  ] as const satisfies readonly BlobErrorCase[],
} as const;

/** Whether a fault is about blobs: it names a container, an object or an operation of theirs. */
export function isAboutBlobs(fault: Readonly<Record<string, unknown>>): boolean {
  const { op, container, object } = fault;
  const [first]: readonly unknown[] = Array.isArray(op) ? op : [op];
  return container !== undefined || object !== undefined || isBlobOperationName(first);
}
