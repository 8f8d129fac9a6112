/** The keyvalue operations of a component, by their names in WIT; `open` is the opening of a bucket. */
export type OperationName =
  | 'open'
  | 'get'
  | 'set'
  | 'delete'
  | 'exists'
  | 'list-keys'
  | 'increment'
  | 'cas.new'
  | 'current'
  | 'swap'
  | 'get-many'
  | 'set-many'
  | 'delete-many';
