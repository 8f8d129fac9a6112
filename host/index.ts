/// <reference types="node" preserve="true" />
/** The public API: what a backend of your own is made of (docs/backends.md), and hosts for tests (docs/testing.md). */
export {
  type Backend,
  type Bucket,
  type BucketSettings,
  type CounterType,
  type KeyPage,
  type MaybePromise,
  StoreError,
  type StoreErrorCase,
  type Versioned,
} from './backends/backend.ts';
export { addToCounter, type Counter, type CounterFormat } from './backends/counter.ts';
export type {
  BackendContext,
  BackendDefinition,
  OptionsSchema,
  Promises,
} from './backends/definition.ts';
export { checkKey, checkValue } from './backends/limits.ts';
export { HostError } from './host-error.ts';
export { type BackendChoice, backends, type TestBackend } from './kit/backends.ts';
export { defineBackend } from './kit/define-backend.ts';
export { ExplorationError } from './kit/exploration-error.ts';
export { type Exploration, type Explored, type ExploredRequest, explore } from './kit/explore.ts';
export type { Fault } from './kit/fault.ts';
export type { AddedFault, Faults } from './kit/faults.ts';
export type { ServerPrograms } from './kit/found-backend.ts';
export type { HostClock } from './kit/host-clock.ts';
export type { HostOptions, Moment } from './kit/host-options.ts';
export type {
  BackendRule,
  BucketRule,
  KeyvalueEntry,
  KeyvalueRule,
  ModulePath,
} from './kit/keyvalue-rule.ts';
export type { HostMatchers, WantedOperation } from './kit/matcher-types.ts';
export { matchers } from './kit/matchers.ts';
export type { HostOperation } from './kit/operation-record.ts';
export { RequestError } from './kit/request-error.ts';
export type { HostRequest } from './kit/request-record.ts';
export { Snapshot } from './kit/snapshot.ts';
export { startHost } from './kit/start-host.ts';
export type { TestBucket } from './kit/test-bucket.ts';
export type { TestHost } from './kit/test-host.ts';
export type { OperationName } from './wasi/keyvalue/operation-name.ts';
