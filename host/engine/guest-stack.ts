import { setFlagsFromString } from 'node:v8';

/**
 * The stack that a handler runs on, in KiB. V8 gives 984 by default, and maps and unmaps it for every call; up to 128
 * it keeps them. That is enough for some thousand calls within each other; a component that needs more gets the
 * deep one once it has shown that it does.
 */
export const shallowStack = 128;
export const deepStack = 984;

/** Holds for all guests of this process that are called from now on, in threads that are started from now on. */
export function useStackSize(kibibytes: number): void {
  setFlagsFromString(`--wasm-stack-switching-stack-size=${kibibytes}`);
}
