/** The parts of Jest that `jest.ts` is compiled against; whoever imports that has Jest, with its own declarations. */
declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> {
    toBe(expected: T): R;
  }
}

declare module '@jest/globals' {
  const expect: { extend(added: object): void };

  export { expect };
}
