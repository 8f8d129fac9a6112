import type { MadeFunction, MadeImport } from './made-function.ts';
import { waitingNames, writeWaitingModule } from './waiting-module.ts';

/** The functions of a component that may wait and use the same memory, or none. */
export class Waiter {
  readonly functions: readonly MadeImport[];
  readonly #module: WebAssembly.Module;

  constructor(functions: readonly MadeImport[]) {
    this.functions = functions;
    this.#module = new WebAssembly.Module(writeWaitingModule(functions.map(({ params }) => params)));
  }

  /**
   * The functions as the guest calls them, in the order of `functions`.
   *
   * @param waitFor what a guest waits for whose attempt was not the end
   */
  instantiate(
    attempts: readonly WebAssembly.CoreFunction[],
    waitFor: () => Promise<unknown> | undefined,
  ): WebAssembly.CoreFunction[] {
    const { module, attempt, wait, call } = waitingNames;
    const { exports } = new WebAssembly.Instance(this.#module, {
      [module]: {
        ...Object.fromEntries(attempts.map((made, index) => [`${attempt}${index}`, made])),
        [wait]: new WebAssembly.Suspending(waitFor),
      },
    });
    return attempts.map((_, index) => exports[`${call}${index}`] as WebAssembly.CoreFunction);
  }
}

/** Those that need a memory are made together once it is there, the others before; asynchronous ones wait in another way. */
export function waitersOf(functions: readonly MadeFunction[]): Waiter[] {
  const groups = Map.groupBy(
    functions.filter((item): item is MadeImport => item.kind === 'import' && item.form === 'attempt'),
    ({ options: { memory }, isAsync }) => `${memory} ${isAsync}`,
  );
  return [...groups.values()].map((group) => new Waiter(group));
}
