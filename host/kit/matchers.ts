import { isHeld } from './held-value.ts';
import { isAsymmetric, requireEntry, requireOperation, requireStatus } from './matcher-arguments.ts';
import type { AsymmetricMatcher, WantedOperation } from './matcher-types.ts';
import type { TestHost } from './test-host.ts';

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
    return {
      pass,
      message: () =>
        `${place}: ${shown(actual)}${pass ? ', which was not expected' : wanted.length === 0 ? '' : `, expected ${shown(expected)}`}`,
    };
  },

  toHaveOperation(
    this: MatcherContext,
    host: TestHost,
    operation: WantedOperation | AsymmetricMatcher,
  ): Result {
    requireOperation(host, operation);
    const made = host.operations();
    const pass = made.some((one) =>
      this.equals(one, isAsymmetric(operation) ? operation : { ...one, ...operation }),
    );
    return {
      pass,
      message: () => (pass ? 'the component made such an operation' : 'the component made no such operation'),
      actual: made,
      expected: operation,
    };
  },

  async toHaveStatus(response: Response, status: number): Promise<Result> {
    requireStatus(response, status);
    const body = response.status === status || response.bodyUsed ? '' : await response.clone().text();
    return {
      pass: response.status === status,
      message: () => `the answer has status ${response.status}${body === '' ? '' : `: ${body}`}`,
      actual: response.status,
      expected: status,
    };
  },
};

function shown(value: unknown): string {
  if (value === undefined) return 'there is no value';
  return value instanceof Uint8Array ? JSON.stringify(Buffer.from(value).toString()) : JSON.stringify(value);
}
