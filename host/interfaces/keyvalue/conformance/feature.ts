/**
 * A part of the contract that a driver of it may lack: a component is one, which has the counters of its
 * dialect, no versions that outlive a request, no say in the settings of a bucket, and none in those of a key before
 * `wasmcloud:keyvalue`.
 */
export type Feature =
  | 'settings'
  | 'versions'
  | 'key ttl'
  | 'u64'
  | 's64'
  | 'text cursors'
  | 'values over 16 MiB';
