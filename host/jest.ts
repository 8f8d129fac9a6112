import type { HostMatchers } from './testing/matchers/matcher-types.ts';
import { matchers } from './testing/matchers/matchers.ts';

/** For Jest: matchers for hosts and answers, with their types, also where `expect` is imported from `@jest/globals`. */

// It is a global unless `injectGlobals` is off. The package is there within Jest only.
const { expect = (await import('@jest/globals')).expect } = globalThis as {
  readonly expect?: { extend(added: object): void };
};
expect.extend(matchers);

declare global {
  namespace jest {
    // Its parameters have to be those of @types/jest.
    interface Matchers<R, T> extends HostMatchers<R> {}
  }
}

declare module 'expect' {
  // Its parameters have to be those of Jest's declaration.
  interface Matchers<R extends void | Promise<void>, T = unknown> extends HostMatchers<R> {}
}
