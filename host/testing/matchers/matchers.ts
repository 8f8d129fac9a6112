import { isHeld } from '../held-value.ts';
import type { TestHost } from '../test-host.ts';
import { isAsymmetric, requireEntry, requireStatus, wantedOperation } from './matcher-arguments.ts';
import { answerText, missingText, operationsText, shownValue } from './matcher-texts.ts';
import type { AsymmetricMatcher, WantedOperation } from './matcher-types.ts';

interface MatcherContext {
  readonly isNot?: boolean;
  equals(a: unknown, b: unknown, testers?: unknown[]): boolean;
}

interface Result {
  readonly pass: boolean;
  message(): string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

/** What `expect.extend` takes, of vitest and of Jest. */
export const matchers = {
  async toHaveEntry(
    this: MatcherContext,
    host: TestHost,
    bucket: string,
    key: string,
    ...wanted: [value?: unknown]
  ): Promise<Result> {
    requireEntry(host, bucket, key, wanted);
    const actual = await host.bucket(bucket).get(key);
    const [expected] = wanted;
    const pass = actual !== undefined && (wanted.length === 0 || isHeld(actual, expected, this.equals));
    const place = `bucket ${JSON.stringify(bucket)}, key ${JSON.stringify(key)}`;
    const missing = actual === undefined ? `\n${await missingText(host, bucket, key)}` : '';
    const rest = wanted.length === 0 ? '' : `, expected ${shownValue(expected)}`;
    return {
      pass,
      message: () => `${place}: ${shownValue(actual)}${pass ? ', which was not expected' : rest}${missing}`,
    };
  },

  toHaveOperation(
    this: MatcherContext,
    host: TestHost,
    operation: WantedOperation | AsymmetricMatcher,
  ): Result {
    const wanted = wantedOperation(host, operation);
    const made = host.operations();
    const such = made.filter((one) =>
      this.equals(one, isAsymmetric(wanted) ? wanted : { ...one, ...wanted }),
    );
    const pass = such.length > 0;
    const what = pass ? 'such an operation' : 'no such operation';
    return {
      pass,
      message: () =>
        `the component made ${what}: ${shownValue(wanted)}\n${operationsText(host, pass ? such : made)}`,
      actual: made,
      expected: wanted,
    };
  },

  async toHaveStatus(this: MatcherContext, response: Response, status: number): Promise<Result> {
    requireStatus(response, status);
    const pass = response.status === status;
    // Only one that does not hold needs it.
    const text = pass === (this.isNot === true) ? await answerText(response) : '';
    return { pass, message: () => text, actual: response.status, expected: status };
  },
};
