/** The public API: what a backend of your own is made of. See docs/backends.md. */
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
export {
  type BackendContext,
  type BackendDefinition,
  defineBackend,
  type OptionsSchema,
  type Promises,
} from './backends/definition.ts';
export { checkKey, checkValue } from './backends/limits.ts';
