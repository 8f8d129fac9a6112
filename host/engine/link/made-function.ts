import type { CoreType } from '../abi/layout.ts';
import type { AsyncCall } from './async-call.ts';
import type { CompiledCall } from './call-function.ts';
import type { ImportFactory, ImportForm } from './import-function.ts';
import type { CanonicalOptions, LiftedFunction } from './link-plan.ts';
import type { BuiltinFactory } from './made-builtin.ts';

/** A core function as it is made for each instance. */
export type MadeFunction =
  | { readonly kind: 'export'; readonly instance: number; readonly name: string }
  | {
      readonly kind: 'import';
      /** Without its version. */
      readonly interface: string;
      readonly label: string | undefined;
      readonly member: number;
      /** Whether the function is of an asynchronous type. */
      readonly isAsync: boolean;
      readonly factory: ImportFactory;
      readonly form: ImportForm;
      readonly params: readonly CoreType[];
      readonly results: readonly CoreType[];
      readonly component: number;
      readonly options: CanonicalOptions;
    }
  | {
      readonly kind: 'call';
      readonly call: CompiledCall;
      readonly function: LiftedFunction;
      readonly component: number;
      readonly options: CanonicalOptions;
      /** The component instances that the call enters. */
      readonly entered: readonly number[];
    }
  /** A call of a function of an asynchronous type. */
  | {
      readonly kind: 'async-call';
      readonly call: AsyncCall;
      readonly function: LiftedFunction;
      readonly component: number;
      readonly options: CanonicalOptions;
      readonly entered: readonly number[];
    }
  | { readonly kind: 'new' | 'rep'; readonly resource: number; readonly component: number }
  | {
      readonly kind: 'drop';
      readonly resource: number;
      readonly component: number;
      /** For a resource that a component defines. */
      readonly own?: { readonly destructor: number | undefined; readonly entered: readonly number[] };
    }
  | {
      readonly kind: 'builtin';
      readonly factory: BuiltinFactory;
      readonly suspends: boolean;
      readonly params: readonly CoreType[];
      readonly results: readonly CoreType[];
      readonly component: number;
    }
  /** One that stands for a function of the host; see `checkLink`. */
  | { readonly kind: 'stub'; readonly value: WebAssembly.ImportValue };

export type MadeImport = Extract<MadeFunction, { kind: 'import' }>;
export type MadeAsyncCall = Extract<MadeFunction, { kind: 'async-call' }>;
export type MadeCall = Extract<MadeFunction, { kind: 'call' }>;
