import type { CoreType } from '../abi/layout.ts';
import type { ImportFactory, ImportForm } from './import-function.ts';

/** A core function as it is made for each instance. */
export type MadeFunction =
  | { readonly kind: 'export'; readonly instance: number; readonly name: string }
  | {
      readonly kind: 'import';
      readonly interface: string;
      readonly factory: ImportFactory;
      readonly form: ImportForm;
      readonly params: readonly CoreType[];
      readonly memory: number | undefined;
      readonly realloc: number | undefined;
    }
  | { readonly kind: 'drop'; readonly resource: number }
  /** One that stands for a function of the host; see `checkLink`. */
  | { readonly kind: 'stub'; readonly value: WebAssembly.ImportValue };

export type MadeImport = Extract<MadeFunction, { kind: 'import' }>;
