/**
 * A part of the contract that a driver of it may lack: a component is one, which has the counters of its
 * dialect, no versions that outlive a request, and no say in the settings of a bucket.
 */
export type Feature = 'settings' | 'versions' | 'u64' | 's64' | 'text cursors' | 'values over 16 MiB';
