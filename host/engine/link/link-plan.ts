import type { FunctionType, WitType } from '../decode/wit-type.ts';

/**
 * How the core modules of a component are put together, as its binary says: what has to be instantiated in which
 * order, and what every core function, memory and table stands for. Source: the component model's `Binary.md`.
 */
export interface LinkPlan {
  readonly modules: readonly Uint8Array<ArrayBuffer>[];
  /** In the order in which they are made. */
  readonly instances: readonly CoreInstancePlan[];
  readonly functions: readonly CoreFunctionPlan[];
  readonly tables: readonly CoreExport[];
  readonly memories: readonly CoreExport[];
  readonly globals: readonly CoreExport[];
  /** The functions that it gives to the outside. */
  readonly exports: readonly ExportedFunction[];
}

/** An export of a core instance. */
export interface CoreExport {
  readonly instance: number;
  readonly name: string;
}

export type CoreSort = 'function' | 'table' | 'memory' | 'global';

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

export type CoreFunctionPlan =
  | ({ readonly kind: 'export' } & CoreExport)
  | ({ readonly kind: 'import' } & LoweredFunction)
  | { readonly kind: 'drop'; readonly resource: WitType };

/** A function of the host, as core wasm sees it. */
export interface LoweredFunction {
  readonly function: ImportedFunction;
  readonly memory: number | undefined;
  readonly realloc: number | undefined;
}

export interface ImportedFunction {
  /** With its version: `docs:adder/add@0.1.0`. */
  readonly interface: string;
  readonly name: string;
  readonly type: FunctionType;
}

/** A function that a component exports, by itself or in an interface. */
export interface ExportedFunction {
  /** With its version; absent where the component exports the function by itself. */
  readonly interface: string | undefined;
  readonly name: string;
  readonly type: FunctionType;
  /** The core function that it is lifted from. */
  readonly core: number;
  readonly options: CanonicalOptions;
}

/** What a function that is lifted or lowered uses of the core instances, by index. */
export interface CanonicalOptions {
  readonly memory?: number;
  readonly realloc?: number;
  readonly postReturn?: number;
}
