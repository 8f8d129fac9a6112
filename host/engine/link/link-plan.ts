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
  /** The export that answers requests, `wasi:http/incoming-handler.handle`. */
  readonly handler: HandlerPlan;
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
  /** With its version: `wasi:keyvalue/store@0.2.0-draft`. */
  readonly interface: string;
  readonly name: string;
  readonly type: FunctionType;
}

export interface HandlerPlan {
  /** The core function: two handles in, nothing out. */
  readonly function: number;
  readonly request: WitType;
  readonly outparam: WitType;
}
