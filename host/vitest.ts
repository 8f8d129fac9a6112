import { afterAll, describe, expect, type TestAPI, test } from 'vitest';
import type { BackendRule, KeyvalueRule } from './composition/options/keyvalue-rule.ts';
import type { BackendName } from './interfaces/keyvalue/configuration/backend-settings.ts';
import { HostPool } from './testing/host-pool.ts';
import type { HostMatchers } from './testing/matchers/matcher-types.ts';
import { matchers } from './testing/matchers/matchers.ts';
import { requireDescription } from './testing/options/check-description.ts';
import { checkedTestOptions } from './testing/options/check-options.ts';
import { checkedScope, type Scope } from './testing/options/check-scope.ts';
import type { TestHostOptions } from './testing/options/test-host-options.ts';
import { type BackendChoice, backends } from './testing/servers/backends.ts';
import { startHost } from './testing/start-host.ts';
import type { TestHost } from './testing/test-host.ts';

/** For vitest: tests that have a host, on every backend, and matchers for hosts and answers. */

expect.extend(matchers);

declare global {
  // The matchers of vitest have other type parameters in each of its versions; what its assertions take from Chai has none.
  namespace Chai {
    interface Assertion extends HostMatchers<void> {}
  }
}

export type { BackendRule } from './composition/options/keyvalue-rule.ts';

/** Tests that have a host: `test('…', async ({ host }) => …)`. */
export type HostTest = TestAPI<{ host: TestHost }>;

/** How long a host lives. */
export interface HostTestOptions {
  /**
   * `file`: tests that run one after the other share its threads and stores, which are brought back to their start in between; where that
   * can't be done, the next test gets new ones. `test`: every test starts its own. Default `file`.
   */
  readonly scope?: Scope;
}

/**
 * A `test` whose tests have a host each that is as after the start, with empty buckets, and is closed after them. Throws a `HostError`
 * for options that are none.
 */
export function hostTest(options: TestHostOptions, life: HostTestOptions = {}): HostTest {
  checkedTestOptions(options, 'hostTest');
  return testOn(options, async () => options.keyvalue, checkedScope(life));
}

/**
 * Describes the same tests for each of the backends, which `backends` takes. Those of a server that is not installed are skipped, and
 * the report says why; where `CI` is set that is an error. Every test has a host with empty buckets, as of `hostTest`: identifiers for which the
 * options have no rule are on the backend, and so are those whose rule names none, such as `{ ttl: '60s' }`.
 */
export async function describeBackends(
  choices: readonly BackendChoice[],
  options: Omit<TestHostOptions, 'keyvalue'> & { readonly keyvalue?: Readonly<Record<string, BackendRule>> },
  body: (test: HostTest, backend: BackendName) => void,
): Promise<void> {
  requireDescription(choices, options, body);
  for (const backend of await backends(...choices)) {
    if (backend.missing !== undefined) process.emitWarning(`skipped ${backend}`, 'kvasi');
    describe.skipIf(backend.missing !== undefined)(String(backend), () => {
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
  options: TestHostOptions,
  keyvalue: () => Promise<Readonly<Record<string, KeyvalueRule>> | undefined>,
  scope: Scope = 'file',
): HostTest {
  const start = async (): Promise<TestHost> => {
    const rules = await keyvalue();
    const host = await startHost(rules === undefined ? options : { ...options, keyvalue: rules });
    // What the options name is as it is, unless they say that the test may empty it.
    if (options.ownsData === true) await host.reset();
    return host;
  };
  const hosts = new HostPool(start);
  // A fixture of vitest that lasts for a file can't be made within a describe.
  if (scope === 'file') afterAll(() => hosts.close());
  else void hosts.close();
  return test.extend<{ host: TestHost }>({
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads which fixtures this one needs.
    host: async ({}, use) => {
      const host = await hosts.take();
      try {
        await use(host);
      } finally {
        await hosts.giveBack(host);
      }
    },
  });
}
