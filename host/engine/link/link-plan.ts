import type { StringEncoding } from '../abi/string-encoding.ts';
import type { BuiltinPlan } from '../async/builtin-plan.ts';
import type { FunctionType, WitType } from '../decode/wit-type.ts';

/**
 * How the core modules of a component are put together, as its binary says: what has to be instantiated in which
 * order, and what every core function, memory and table stands for. The components within it are taken apart: their
 * core instances stand beside its own, and what has a number here has it for all of them.
 * Source: the component model's `Binary.md`.
 */
export interface LinkPlan {
  readonly modules: readonly Uint8Array<ArrayBuffer>[];
  /** In the order in which they are made. */
  readonly instances: readonly CoreInstancePlan[];
  readonly functions: readonly CoreFunctionPlan[];
  readonly tables: readonly CoreExport[];
  readonly memories: readonly CoreExport[];
  readonly globals: readonly CoreExport[];
  readonly tags: readonly CoreExport[];
  /** The component itself, and each instance of a component within it. */
  readonly components: readonly ComponentInstancePlan[];
  /** The resource types that it defines. Those that are not here are the host's. */
  readonly resources: ReadonlyMap<WitType, ResourcePlan>;
  /** The functions that it gives to the outside. */
  readonly exports: readonly ExportedFunction[];
  /** Where several components were put together: what belongs to each, in the order in which they are instantiated. */
  readonly members?: readonly MemberPlan[];
}

/** One of several components that were put together. */
export interface MemberPlan {
  readonly name: string;
  /** The first that it has. */
  readonly begin: MemberPlace;
  /** The first that it does not have. */
  readonly end: MemberPlace;
}

/** A place among all that a program has. */
export interface MemberPlace {
  readonly modules: number;
  /** Core instances, as far as they are made of modules. */
  readonly cores: number;
  /** Component instances. */
  readonly components: number;
}

/** An export of a core instance. */
export interface CoreExport {
  readonly instance: number;
  readonly name: string;
}

export type CoreSort = 'function' | 'table' | 'memory' | 'global' | 'tag';

export type CoreInstancePlan =
  | {
      readonly kind: 'module';
      readonly module: number;
      readonly imports: readonly { readonly name: string; readonly instance: number }[];
    }
  | {
      readonly kind: 'exports';
      readonly items: readonly { readonly name: string; readonly sort: CoreSort; readonly index: number }[];
    };

export interface ComponentInstancePlan {
  /** The one that it is made by; absent for the outermost. */
  readonly parent: number | undefined;
}

export interface ResourcePlan {
  /** The component instance that defines it. */
  readonly component: number;
  /** The core function that is called with the representation of one that is dropped. */
  readonly destructor: number | undefined;
}

export type CoreFunctionPlan =
  | ({ readonly kind: 'export' } & CoreExport)
  | ({ readonly kind: 'import' } & LoweredFunction<ImportedFunction>)
  /** Of another component instance. */
  | ({ readonly kind: 'call' } & LoweredFunction<LiftedFunction>)
  | {
      /** The built-ins `resource.new`, `resource.rep` and `resource.drop`. */
      readonly kind: 'new' | 'rep' | 'drop';
      readonly resource: WitType;
      readonly component: number;
    }
  /** A built-in of the asynchronous ABI. */
  | { readonly kind: 'builtin'; readonly builtin: BuiltinPlan; readonly component: number };

/** A function as core wasm sees it. */
export interface LoweredFunction<T> {
  readonly function: T;
  /** The component instance that calls it. */
  readonly component: number;
  readonly options: CanonicalOptions;
}

export interface ImportedFunction {
  /** With its version: `docs:adder/add@0.1.0`. */
  readonly interface: string;
  /** The name of the import where it is another one than that of the interface. */
  readonly label?: string;
  /** Which of several components that were put together imports it. Default: the only one. */
  readonly member?: number;
  readonly name: string;
  readonly type: FunctionType;
}

/** A function that is made of one of core wasm. */
export interface LiftedFunction {
  readonly core: number;
  readonly type: FunctionType;
  readonly component: number;
  readonly options: CanonicalOptions;
}

/** A function that a component exports, by itself or in an interface. */
export interface ExportedFunction extends LiftedFunction {
  /** With its version; absent where the component exports the function by itself. */
  readonly interface: string | undefined;
  readonly name: string;
}

/** What a function that is lifted or lowered uses of the core instances, by index. */
export interface CanonicalOptions {
  readonly encoding: StringEncoding;
  readonly memory?: number;
  readonly realloc?: number;
  readonly postReturn?: number;
  /** Whether it uses the asynchronous ABI. */
  readonly isAsync?: boolean;
  /** Of a function that is lifted: what tells it of events. */
  readonly callback?: number;
}

/** Whether a component uses the asynchronous ABI. */
export function isAsync({ functions, exports }: Pick<LinkPlan, 'functions' | 'exports'>): boolean {
  return (
    exports.some(({ type }) => type.isAsync) ||
    functions.some(
      (item) =>
        item.kind === 'builtin' ||
        (item.kind === 'import' && item.options.isAsync === true) ||
        (item.kind === 'call' && item.function.type.isAsync),
    )
  );
}
