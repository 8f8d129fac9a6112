/// <reference types="node" preserve="true" />
/** The public API: what a backend of your own is made of (docs/backends.md), and hosts for tests (docs/testing.md). */
export {
  type Backend,
  type Bucket,
  type BucketSettings,
  type CounterType,
  type KeyPage,
  StoreError,
  type StoreErrorCase,
  type Versioned,
} from './interfaces/keyvalue/backends/backend.ts';
export { addToCounter, type Counter, type CounterFormat } from './interfaces/keyvalue/backends/counter.ts';
export type {
  BackendContext,
  BackendDefinition,
  Capabilities,
  OptionsSchema,
} from './interfaces/keyvalue/backends/definition.ts';
export { checkKey, checkValue } from './interfaces/keyvalue/backends/limits.ts';
export type { OperationName } from './interfaces/keyvalue/operations.ts';
export { HostError } from './shared/host-error.ts';
export type { MaybePromise } from './shared/maybe-promise.ts';
export { ExplorationError } from './testing/explore/exploration-error.ts';
export { type Exploration, type Explored, type ExploredRequest, explore } from './testing/explore/explore.ts';
export type { Fault } from './testing/faults/fault.ts';
export type { AddedFault, Faults } from './testing/faults/faults.ts';
export type { HostClock } from './testing/host-clock.ts';
export type { HostOptions, Moment } from './testing/host-options.ts';
export type { HostMatchers, WantedOperation } from './testing/matchers/matcher-types.ts';
export { matchers } from './testing/matchers/matchers.ts';
export type {
  BackendRule,
  BucketRule,
  KeyvalueEntry,
  KeyvalueRule,
  ModulePath,
} from './testing/options/keyvalue-rule.ts';
export type { HostOperation } from './testing/requests/operation-record.ts';
export { RequestError } from './testing/requests/request-error.ts';
export type { HostRequest } from './testing/requests/request-record.ts';
export { type BackendChoice, backends, type TestBackend } from './testing/servers/backends.ts';
export type { ServerPrograms } from './testing/servers/found-backend.ts';
export { startHost } from './testing/start-host.ts';
export { defineBackend } from './testing/stores/define-backend.ts';
export { Snapshot } from './testing/stores/snapshot.ts';
export type { TestBucket } from './testing/stores/test-bucket.ts';
export type { TestHost } from './testing/test-host.ts';
