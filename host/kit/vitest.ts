import { afterAll, describe, expect, type TestAPI, test } from 'vitest';
import type { BackendName } from '../config/settings.ts';
import { backends } from './backends.ts';
import { requireDescription } from './check-description.ts';
import { checkedHostOptions } from './check-options.ts';
import type { HostOptions } from './host-options.ts';
import type { BackendRule, KeyvalueRule } from './keyvalue-rule.ts';
import type { HostMatchers } from './matcher-types.ts';
import { matchers } from './matchers.ts';
import { startHost } from './start-host.ts';
import type { TestHost } from './test-host.ts';

/** For vitest: tests that have a host, on every backend, and matchers for hosts and answers. */

expect.extend(matchers);

declare module 'vitest' {
  // Its parameters have to be those of vitest's declaration.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown>
    extends HostMatchers<R> {}
}

export type { BackendRule } from './keyvalue-rule.ts';

/** Tests that have a host of their own: `test('…', async ({ host }) => …)`. */
export type HostTest = TestAPI<{ host: TestHost }>;

/** A `test` whose tests have a host of their own each, with empty buckets, which is closed after them. */
export function hostTest(options: HostOptions): HostTest {
  checkedHostOptions(options, 'hostTest');
  return testOn(options, async () => options.keyvalue);
}

/**
 * Describes the same tests for each of the backends. Every test has a host of its own with empty buckets: identifiers for which the
 * options have no rule are on the backend, and so are those whose rule names none, such as `{ ttl: '60s' }`.
 */
export async function describeBackends(
  names: readonly BackendName[],
  options: Omit<HostOptions, 'keyvalue'> & { readonly keyvalue?: Readonly<Record<string, BackendRule>> },
  body: (test: HostTest, backend: BackendName) => void,
): Promise<void> {
  requireDescription(names, options, body);
  for (const backend of await backends(...names)) {
    describe(backend.name, () => {
      afterAll(() => backend[Symbol.asyncDispose]());
      const keyvalue = async (): Promise<Record<string, KeyvalueRule>> => {
        const entry = await backend.entry();
        const rules = Object.entries(options.keyvalue ?? {}).map(
          ([identifier, rule]): [string, KeyvalueRule] => [
            identifier,
            typeof rule === 'string' || 'backend' in rule ? rule : { ...entry, ...rule },
          ],
        );
        return { default: { ...entry }, ...Object.fromEntries(rules) };
      };
      const { keyvalue: _, ...others } = options;
      body(testOn(others, keyvalue), backend.name);
    });
  }
}

function testOn(
  options: HostOptions,
  keyvalue: () => Promise<Readonly<Record<string, KeyvalueRule>> | undefined>,
): HostTest {
  return test.extend<{ host: TestHost }>({
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads which fixtures this one needs.
    host: async ({}, use) => {
      const rules = await keyvalue();
      await using host = await startHost(rules === undefined ? options : { ...options, keyvalue: rules });
      // What the options name is as it is, unless they say that the test may empty it.
      if (options.ownsData === true) await host.reset();
      await use(host);
    },
  });
}
