import type { HostOperation } from '../../composition/request-event.ts';

/** A value that decides for itself what it equals, such as `expect.any(String)` of a runner. */
export interface AsymmetricMatcher {
  asymmetricMatch(actual: unknown): boolean;
}

/** What an operation has to have: those of its fields that are named, each a value or a matcher such as `expect.any(Number)`; undefined names none. */
export type WantedOperation = {
  readonly [Field in keyof HostOperation]?: HostOperation[Field] | AsymmetricMatcher | undefined;
};

/** The matchers as `expect` has them. @typeParam R what a matcher of the runner answers */
export interface HostMatchers<R> {
  /**
   * The bucket has the key, with that value where one is given: a text, bytes, what JSON says, or a matcher such as
   * `expect.stringContaining('a')`. To be awaited.
   */
  toHaveEntry(bucket: string, key: string, value?: unknown): Promise<void>;
  /** The component made an operation with these fields, of which there is at least one. */
  toHaveOperation(operation: WantedOperation | AsymmetricMatcher): R;
  /** The answer has that status; its body is shown where it has not. To be awaited. */
  toHaveStatus(status: number): Promise<void>;
}
