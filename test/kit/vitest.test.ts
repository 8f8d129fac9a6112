import { expect, test } from 'vitest';
import { backends, startHost } from '../../host/testing.ts';
import { describeBackends, hostTest } from '../../host/vitest.ts';
import { component } from '../support/kvasi-process.ts';

const counter = component('kv-counter');

await describeBackends(
  ['in_memory', 'filesystem', 'sqlite', 'redis', 'nats'],
  { component: counter, keyvalue: { elsewhere: 'deny' } },
  (it, backend) => {
    it('each test begins with empty buckets', async ({ host }) => {
      await expect(await host.fetch('/visits')).toHaveStatus(200);
      await expect(host).toHaveEntry('counters', 'visits', '1');
      await expect(host).toHaveEntry('counters', 'visits', 1);
      expect(host).toHaveOperation({ op: 'increment', bucket: 'counters', key: 'visits' });
      expect(host).not.toHaveOperation({ op: 'increment', key: 'others' });
      await expect(host).not.toHaveEntry('counters', 'others');
    });

    it('and has nothing of the one before', async ({ host }) => {
      expect(await (await host.fetch('/visits')).text(), backend).toBe('1\n');
      await expect(host.bucket('elsewhere').get('k')).rejects.toThrow('denied');
    });
  },
);

const withHost = hostTest({ component: counter });

withHost('a matcher that does not hold says what there is', async ({ host }) => {
  await (await host.fetch('/visits')).text();
  await expect(expect(host).toHaveEntry('counters', 'visits', '2')).rejects.toThrow(
    'bucket "counters", key "visits": "1", expected "2"',
  );
  const refused = await host.fetch('/visits', { method: 'POST' });
  await expect(expect(refused).toHaveStatus(200)).rejects.toThrow(
    'the answer has status 405: The method must be GET',
  );
  expect(await refused.text()).toBe('The method must be GET\n');
});

test('two hosts on one server have buckets of their own', async () => {
  for await (const backend of await backends('redis')) {
    await using server = backend;
    const start = async () =>
      startHost({ component: counter, keyvalue: { default: { ...(await server.entry()) } } });
    await using first = await start();
    await using second = await start();
    await (await first.fetch('/visits')).text();
    expect(await (await second.fetch('/visits')).text()).toBe('1\n');
    await first.reset();
    expect(await second.bucket('counters').getText('visits')).toBe('1');
  }
});

test('a backend that there is not is refused by name', async () => {
  await expect(backends('redsi' as 'redis')).rejects.toThrow(
    'there is no backend "redsi". Expected one of in_memory',
  );
});
