import { expect, test } from 'vitest';
import { resolveSettings } from '../../host/composition/settings.ts';
import { DEFAULT_LIMITS } from '../../host/settings/limits.ts';

const MiB = 1024 * 1024;

async function limits(
  data: unknown,
  {
    limit = [],
    env = {},
  }: { readonly limit?: readonly string[]; readonly env?: Record<string, string> } = {},
) {
  const given = { name: 'file', data };
  const { settings, origins } = await resolveSettings({ cwd: '/', env, flags: { limit }, given });
  return { limits: settings.limits, origins };
}

test('limits have defaults, and come from file, variable and flag, the last one first', async () => {
  expect((await limits({})).limits).toEqual(DEFAULT_LIMITS);
  const file = { dev: { limits: { memory: '64MiB', headSize: 1024, headTimeout: '3s', connections: 5 } } };
  const env = { KVASI_LIMITS: 'memory=128MiB, queueWait=2s' };
  const found = await limits(file, { env, limit: ['queueWait=1s', 'connections=7'] });
  expect(found.limits).toMatchObject({
    memory: 128 * MiB,
    headSize: 1024,
    headTimeout: 3000,
    connections: 7,
    queueWait: 1000,
  });
  expect(found.origins.get('limits.memory')).toMatch(/KVASI_LIMITS/);
  expect(found.origins.get('limits.connections')).toMatch(/--limit/);
});

test.for([
  ['memory=much', /--limit memory is "much"\. Expected a size/],
  ['connections=0', /--limit connections is "0"\. Expected a whole number/],
  ['queueWait=-1', /--limit queueWait is "-1"\. Expected a duration/],
  ['memroy=1GiB', /memroy.*Did you mean memory\?/],
  ['memory', /Expected name=value/],
] as const)('--limit %s is refused', async ([limit, message]) => {
  await expect(limits({}, { limit: [limit] })).rejects.toThrow(message);
});

test.for([{ memory: true }, { memory: '1 parsec' }, { connections: 1.5 }, { connections: 'many' }])(
  'limits of %o are refused with their place',
  async (given) => {
    await expect(limits({ dev: { limits: given } })).rejects.toThrow(/dev\.limits\./);
  },
);

test('an instance may not have more than all of them together', async () => {
  const limit = ['memory=2GiB', 'totalMemory=1GiB'];
  await expect(limits({}, { limit })).rejects.toThrow(
    /totalMemory is 1GiB \(--limit totalMemory\), and limits\.memory, .*, is 2GiB \(--limit memory\)\. Raise/,
  );
  const file = { dev: { limits: { memory: '2GiB' } } };
  await expect(limits(file, { env: { KVASI_LIMITS: 'totalMemory=1GiB' } })).rejects.toThrow(/\(file\)/);
  await expect(limits({}, { limit: ['memory=5GiB'] })).rejects.toThrow(/is 4GiB \(the default\)/);
  const one = await limits({}, { limit: ['totalMemory=96MiB'] });
  expect(one.limits.totalMemory, 'the default of memory gives way').toBe(96 * MiB);
});

test('a limit that there is not, and commas too many', async () => {
  await expect(limits({}, { limit: ['nope=1'] })).rejects.toThrow(
    /^--limit names "nope", which is no limit\. Limits are headSize, /,
  );
  const env = { KVASI_LIMITS: ',memory=1MiB,,connections=5, ' };
  expect((await limits({}, { env })).limits).toMatchObject({ memory: MiB, connections: 5 });
  await expect(limits({}, { env: { KVASI_LIMITS: 'memory=1MiB,connections' } })).rejects.toThrow(
    /^KVASI_LIMITS has "connections"\. Expected name=value/,
  );
});
