/** The part of the WebAssembly JavaScript API that the host uses; TypeScript has it for browsers only. */
declare namespace WebAssembly {
  class Module {
    private readonly brand: unique symbol;
  }
  class RuntimeError extends Error {}
  function compile(bytes: Uint8Array): Promise<Module>;
}
