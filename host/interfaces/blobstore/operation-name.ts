/** The blobstore operations of a component, by their names in WIT; `write-data` is made when the value is finished. */
export type BlobOperationName =
  | 'get-container'
  | 'create-container'
  | 'delete-container'
  | 'container-exists'
  | 'info'
  | 'list-objects'
  | 'get-data'
  | 'write-data'
  | 'delete-object'
  | 'delete-objects'
  | 'has-object'
  | 'object-info'
  | 'clear'
  | 'copy-object'
  | 'move-object';
