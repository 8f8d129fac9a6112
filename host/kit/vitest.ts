import { afterAll, describe, expect, type TestAPI, test } from 'vitest';
import type { BackendName } from '../config/settings.ts';
import { type BackendChoice, backends } from './backends.ts';
import type { HostOptions, KeyvalueRule } from './host-options.ts';
import { matchers } from './matchers.ts';
import { startHost } from './start-host.ts';
import type { TestHost } from './test-host.ts';

/** For vitest: tests that have a host, on every backend, and matchers for hosts and answers. */

expect.extend(matchers);

declare module 'vitest' {
  // Its parameters have to be those of vitest's declaration.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** The bucket has the key, with that value where one is given: a text, bytes, or what JSON says. To be awaited. */
    toHaveEntry(bucket: string, key: string, value?: unknown): Promise<void>;
    /** The component made such an operation. */
    toHaveOperation(operation: object): R;
    /** The answer has that status; its body is shown where it has not. To be awaited. */
    toHaveStatus(status: number): Promise<void>;
  }
}

/** Tests that have a host of their own: `test('…', async ({ host }) => …)`. */
export type HostTest = TestAPI<{ host: TestHost }>;

/** A `test` whose tests have a host of their own each, with empty buckets, which is closed after them. */
export function hostTest(options: HostOptions): HostTest {
  return testOn(options, async () => options.keyvalue);
}

/**
 * Describes the same tests for each of the backends, which `backends` takes. Those of a server that is not installed are skipped, and
 * the report says why; where `CI` is set that is an error. Every test has a host of its own with empty buckets: identifiers for which the
 * options have no rule are on the backend, and so are those whose rule names none, such as `{ ttl: '60s' }`.
 */
export async function describeBackends(
  choices: readonly BackendChoice[],
  options: Omit<HostOptions, 'keyvalue'> & { readonly keyvalue?: Readonly<Record<string, BackendRule>> },
  body: (test: HostTest, backend: BackendName) => void,
): Promise<void> {
  for (const backend of await backends(...choices)) {
    if (backend.missing !== undefined) process.emitWarning(`skipped ${backend}`, 'kvasi');
    describe.skipIf(backend.missing !== undefined)(String(backend), () => {
      afterAll(() => backend[Symbol.asyncDispose]());
      const keyvalue = async (): Promise<Record<string, KeyvalueRule>> => {
        const entry = await backend.entry();
        const rules = Object.entries(options.keyvalue ?? {}).map(
          ([identifier, rule]): [string, KeyvalueRule] => [
            identifier,
            typeof rule === 'string' ? rule : { ...entry, ...rule },
          ],
        );
        return { default: { ...entry }, ...Object.fromEntries(rules) };
      };
      const { keyvalue: _, ...others } = options;
      body(testOn(others, keyvalue), backend.name);
    });
  }
}

/** A refusal, or what is to be said of a bucket besides where it is. */
export type BackendRule = 'deny' | 'no-such-store' | { readonly [option: string]: unknown };

function testOn(
  options: HostOptions,
  keyvalue: () => Promise<Readonly<Record<string, KeyvalueRule>> | undefined>,
): HostTest {
  return test.extend<{ host: TestHost }>({
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads which fixtures this one needs.
    host: async ({}, use) => {
      const rules = await keyvalue();
      await using host = await startHost(rules === undefined ? options : { ...options, keyvalue: rules });
      await use(host);
      // What is on a server that others share is not left there.
      await host.reset();
    },
  });
}
