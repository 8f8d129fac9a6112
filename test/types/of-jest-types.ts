/** What Jest's `expect` of @types/jest takes and refuses: compiled by tests, never run. */
import { matchers, type TestHost } from 'kvasi/testing';
import 'kvasi/jest';

expect.extend(matchers);

export async function right(host: TestHost): Promise<void> {
  await expect(await host.fetch('/')).toHaveStatus(200);
  await expect(host).toHaveEntry('a', 'k', '1');
  await expect(host).not.toHaveEntry('a', 'k');
  expect(host).toHaveOperation({ op: 'get', size: expect.any(Number) });
}

export async function wrong(host: TestHost): Promise<void> {
  // @ts-expect-error it is no number
  await expect(await host.fetch('/')).toHaveStatus('200');
  // @ts-expect-error a key is missing
  await expect(host).toHaveEntry('a');
  // @ts-expect-error it is called op
  expect(host).toHaveOperation({ oop: 'get' });
}
