/** The keyvalue operations of a component, by their names in WIT; `open` is the opening of a bucket. */
export const operationNames = [
  'open',
  'get',
  'set',
  'delete',
  'exists',
  'list-keys',
  'increment',
  'cas.new',
  'swap',
  'get-many',
  'set-many',
  'delete-many',
] as const;
export type OperationName = (typeof operationNames)[number];
