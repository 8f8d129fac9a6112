/// <reference types="node" preserve="true" />
/** `kvasi/backend`: what a backend of your own is made of (docs/backends.md). */
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
export type { MaybePromise } from './shared/maybe-promise.ts';
export { defineBackend } from './testing/stores/define-backend.ts';
