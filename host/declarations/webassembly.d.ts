/** The part of the WebAssembly JavaScript API that the host uses; TypeScript has it for browsers only. */
declare namespace WebAssembly {
  class Module {
    private readonly brand: unique symbol;
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports?: ImportObject);
    readonly exports: Readonly<Record<string, ExportValue>>;
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Global {
    value: number | bigint;
  }
  class Table {
    readonly length: number;
    set(index: number, value: CoreFunction): void;
  }
  /** An import that suspends its caller when the function answers a promise. */
  class Suspending {
    constructor(implementation: CoreFunction);
  }
  /** The export, started on a stack of its own: it answers a promise. */
  function promising(exported: CoreFunction): (...args: number[]) => Promise<unknown>;
  class RuntimeError extends Error {}
  function compile(bytes: Uint8Array): Promise<Module>;
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean;

  // biome-ignore lint/suspicious/noExplicitAny: the parameters are numbers and bigints, as the module's type says
  type CoreFunction = (...args: any[]) => any;
  type ExportValue = CoreFunction | Global | Memory | Table;
  type ImportValue = ExportValue | Suspending;
  type ImportObject = Readonly<Record<string, Readonly<Record<string, ImportValue>>>>;
}
