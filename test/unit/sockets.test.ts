import { expect, test } from 'vitest';
import { sockets } from '../../host/interfaces/sockets/sockets.ts';

test('a name that is looked up is none, as with wash', () => {
  const { resolveAddresses } = sockets['wasi:sockets/ip-name-lookup'];
  let thrown: unknown;
  try {
    resolveAddresses();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBe('permanent-resolver-failure');
});
