import { isDeepStrictEqual } from 'node:util';
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
    host: TestHost,
    bucket: string,
    key: string,
    ...wanted: [value?: unknown]
  ): Promise<Result> {
    const actual = await host.bucket(bucket).get(key);
    const [expected] = wanted;
    const pass = actual !== undefined && (wanted.length === 0 || holds(actual, expected));
    const place = `bucket ${JSON.stringify(bucket)}, key ${JSON.stringify(key)}`;
    return {
      pass,
      message: () =>
        `${place}: ${shown(actual)}${pass ? ', which was not expected' : wanted.length === 0 ? '' : `, expected ${shown(expected)}`}`,
    };
  },

  toHaveOperation(this: MatcherContext, host: TestHost, operation: object): Result {
    const made = host.operations();
    const pass = made.some((one) => this.equals({ ...one, ...operation }, one));
    return {
      pass,
      message: () => (pass ? 'the component made such an operation' : 'the component made no such operation'),
      actual: made,
      expected: operation,
    };
  },

  async toHaveStatus(response: Response, status: number): Promise<Result> {
    const body = response.status === status || response.bodyUsed ? '' : await response.clone().text();
    return {
      pass: response.status === status,
      message: () => `the answer has status ${response.status}${body === '' ? '' : `: ${body}`}`,
      actual: response.status,
      expected: status,
    };
  },
};

function holds(actual: Uint8Array, expected: unknown): boolean {
  if (expected instanceof Uint8Array) return Buffer.compare(actual, expected) === 0;
  const text = Buffer.from(actual).toString();
  if (typeof expected === 'string') return text === expected;
  try {
    return isDeepStrictEqual(JSON.parse(text), expected);
  } catch {
    return false;
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'there is no value';
  return value instanceof Uint8Array ? JSON.stringify(Buffer.from(value).toString()) : JSON.stringify(value);
}
